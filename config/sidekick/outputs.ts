import { type SidekickEntry, type SidekickMapping, sidekickMappings } from '../../outputs/index.ts';
import { PRIORITIES } from '../../src/alert.ts';
import { priorityNamed } from '../../src/output/sidekick.ts';
import { suggestion } from '../check/sentences.ts';
import { templateMistake } from '../check/template.ts';
import { pathId } from '../problem.ts';
import {
  type Draft,
  isFilled,
  isSet,
  numberOf,
  put,
  type SidekickRemark,
  textOf,
  valueOf,
} from './draft.ts';
import { type SidekickOutput, sidekickOutputs } from './keys.ts';

/** Outputs of Falcosidekick's that cannot run here as they are. */
export interface OffOutputs {
  /** Enabled, and a value is wrong. */
  readonly misconfigured: readonly {
    readonly output: SidekickOutput;
    readonly remarks: readonly SidekickRemark[];
  }[];
  /** Enabled, and this hub does not have it. */
  readonly unavailable: readonly SidekickOutput[];
}

/** Translates every output that is enabled; one counts only when all its enabling keys are set. */
export async function translateOutputs(draft: Draft): Promise<OffOutputs> {
  const misconfigured: { output: SidekickOutput; remarks: readonly SidekickRemark[] }[] = [];
  const unavailable: SidekickOutput[] = [];
  for (const output of sidekickOutputs.filter((candidate) => isEnabled(draft, candidate))) {
    const load = sidekickMappings[output.id];
    const mistakes = draft.settings.mistakes.filter(({ key }) =>
      key.startsWith(`${output.section}.`),
    );
    const remarks = mistakes.filter(({ code }) => code === 'sidekick_type');
    if (load === undefined) {
      unavailable.push(output);
    } else if (remarks.length > 0) {
      misconfigured.push({ output, remarks });
    } else {
      draft.warnings.push(...mistakes.filter(({ code }) => code === 'sidekick_entry'));
      translateOutput(draft, output, await load());
    }
  }
  return { misconfigured, unavailable };
}

function isEnabled(draft: Draft, { title, enabledBy }: SidekickOutput): boolean {
  const missing = enabledBy.filter((key) => !isFilled(valueOf(draft, key)));
  const given = enabledBy.find((key) => isSet(draft, key) && !missing.includes(key));
  if (missing.length > 0 && given !== undefined) {
    draft.warnings.push({
      code: 'sidekick_half_set',
      key: given,
      message: `${title} is off, because not all of its keys are set`,
      hint: `set ${missing.join(', ')}, too`,
    });
  }
  return missing.length === 0;
}

function translateOutput(draft: Draft, output: SidekickOutput, mapping: SidekickMapping): void {
  const { id, section } = output;
  put(draft, ['outputs', id, 'type'], id, section);
  translateSettings(draft, output, mapping);
  for (const [setting, value] of Object.entries(mapping.always ?? {})) {
    put(draft, ['outputs', id, setting], value, section);
  }
  addRemarks(draft, mapping);
  translatePriority(draft, output);
  if (mapping.tls !== false) translateTls(draft, output);
  translateConcurrency(draft, output);
  if (mapping.split !== undefined) splitOutput(draft, output, mapping.split);
}

/** Destinations that Falcosidekick serves side by side: none of them waits for another here either. */
function splitOutput(draft: Draft, { id, section }: SidekickOutput, setting: string): void {
  const outputs = draft.raw['outputs'] as Record<string, Record<string, unknown>>;
  const whole = outputs[id] as Record<string, unknown>;
  const items = whole[setting] as readonly unknown[];
  if (items.length < 2) return;
  const key = draft.keys.get(pathId(['outputs', id, setting])) ?? section;
  for (const [index, item] of items.entries()) {
    const name = index === 0 ? id : `${id}-${index + 1}`;
    put(draft, ['outputs', name], { ...structuredClone(whole), [setting]: [item] }, key);
  }
}

function translateSettings(
  draft: Draft,
  { id, section }: SidekickOutput,
  { settings, combined = [] }: SidekickMapping,
): void {
  for (const [setting, entry] of Object.entries(settings)) {
    const from: SidekickEntry = typeof entry === 'string' ? { key: entry } : entry;
    const value = settingOf(draft, from);
    if (value !== undefined) put(draft, ['outputs', id, setting], value, from.key);
  }
  for (const { keys, settings: combine } of combined) {
    const values = combine(...keys.map((key) => valueOf(draft, key)));
    const [key = section] = keys;
    for (const [setting, value] of Object.entries(values)) {
      put(draft, ['outputs', id, setting], value, key);
    }
  }
}

function addRemarks(draft: Draft, { remarks = {} }: SidekickMapping): void {
  for (const [key, remark] of Object.entries(remarks)) {
    const message = remark(valueOf(draft, key));
    // A key may count for several outputs: it is told once.
    const isTold = draft.warnings.some((one) => one.key === key && one.message === message);
    if (message === undefined || isTold) continue;
    draft.warnings.push({ code: 'sidekick_value', key, message });
  }
}

function translateConcurrency(draft: Draft, { id, section }: SidekickOutput): void {
  const key = `${section}.maxconcurrentrequests`;
  if (!isSet(draft, key)) return;
  const requests = numberOf(draft, key);
  const concurrency = requests < 1 ? CONCURRENCY_MAX : Math.min(requests, CONCURRENCY_MAX);
  put(draft, ['outputs', id, 'concurrency'], concurrency, key);
}

/** Falcosidekick's 0 means "without a limit", which nothing here is. */
const CONCURRENCY_MAX = 64;

function settingOf(draft: Draft, { key, convert = same, whenEmpty }: SidekickEntry): unknown {
  const value = valueOf(draft, key);
  if (!isFilled(value)) return whenEmpty;
  return isUsable(draft, key) ? convert(value) : undefined;
}

function same(value: unknown): unknown {
  return value;
}

/** A message template that cannot be read was ignored by Falcosidekick: no alert is lost for it. */
function isUsable(draft: Draft, key: string): boolean {
  if (!key.endsWith('.messageformat')) return true;
  if (templateMistake(textOf(draft, key)) === undefined) return true;
  const message = 'is not a Go template: the standard text is sent instead';
  draft.warnings.push({ code: 'sidekick_template', key, message });
  return false;
}

/** A priority that does not exist lets everything through, as it did. */
function translatePriority(draft: Draft, { id, section }: SidekickOutput): void {
  const key = `${section}.minimumpriority`;
  const name = textOf(draft, key);
  if (name === '') return;
  const priority = priorityNamed(name);
  if (priority !== undefined) {
    put(draft, ['outputs', id, 'minimumPriority'], priority, key);
    return;
  }
  const message = 'is not a priority: this output gets everything';
  const hint = suggestion(name.toLowerCase(), PRIORITIES) ?? `there are ${PRIORITIES.join(', ')}`;
  draft.warnings.push({ code: 'sidekick_priority', key, message, hint });
}

/** With mutual TLS Falcosidekick always verifies; else `checkcert` says whether. */
function translateTls(draft: Draft, { id, section }: SidekickOutput): void {
  const tls = ['outputs', id, 'tls'];
  if (valueOf(draft, `${section}.mutualtls`) === true) {
    for (const [name, key, file] of CLIENT_FILES) {
      const own = textOf(draft, key);
      const directory = textOf(draft, 'mutualtlsfilespath');
      put(draft, [...tls, name], own === '' ? `${directory}/${file}` : own, key);
    }
  } else if (valueOf(draft, `${section}.checkcert`) === false) {
    put(draft, [...tls, 'verify'], false, `${section}.checkcert`);
  }
}

const CLIENT_FILES = [
  ['certFile', 'mutualtlsclient.certfile', 'client.crt'],
  ['keyFile', 'mutualtlsclient.keyfile', 'client.key'],
  ['caFile', 'mutualtlsclient.cacertfile', 'ca.crt'],
] as const;
