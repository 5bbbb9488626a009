import { PRIORITIES, priorityTitle } from '../../src/alert.ts';
import { priorityNamed } from '../../src/output/sidekick.ts';
import { templateMistake } from '../check/template.ts';
import { type Environment, variableIn } from '../read/references.ts';
import type { SidekickValue } from './coerce.ts';

/**
 * Seventeen variables have a syntax of their own. What Falcosidekick dropped without a word is
 * dropped here, too, and said.
 */
export interface CustomValue {
  readonly value: SidekickValue;
  /** What was left out and why. Never quotes a value: headers hold credentials. */
  readonly dropped: readonly string[];
}

type Parser = (text: string, env: Environment) => CustomValue;

const parsers: Readonly<Record<string, Parser>> = {
  customfields: (text, env) => pairs(text, (value) => variableValue(value, env)),
  templatedfields: (text) => pairs(text, templateValue),
  customtags: (text) => whole(text.replaceAll(' ', '').split(',')),
  'tlsserver.notlspaths': (text) => whole(text.split(',')),
  'alertmanager.extralabels': labels,
  'alertmanager.extraannotations': labels,
  'otlp.traces.extraenvvars': labels,
  'otlp.metrics.extraenvvars': labels,
  'otlp.logs.extraenvvars': labels,
  'alertmanager.customseveritymap': severities,
  'alertmanager.dropeventthresholds': whole,
  'elasticsearch.customheaders': jsonMap,
};

/** Reads the variable of a key whose binding is `custom`, or that of a map. */
export function parseCustom(key: string, text: string, env: Environment): CustomValue {
  const parser = parsers[key] ?? ((text) => pairs(text));
  return parser(text, env);
}

/** The priority with a number from 1 for debug to 8, as a YAML severity map has it. Capitalised. */
export function priorityOfNumber(text: string): string | undefined {
  const priority = PRIORITIES[PRIORITIES.length - Number(text)];
  return /^[1-8]$/.test(text) && priority !== undefined ? priorityTitle(priority) : undefined;
}

function whole(value: SidekickValue): CustomValue {
  return { value, dropped: [] };
}

type Checked = { readonly value: string } | { readonly refused: string };

/** `k:v,k:v`, untrimmed; a pair must have exactly one colon. */
function pairs(text: string, check: (value: string) => Checked = accept): CustomValue {
  return collect(text, (item) => {
    const [name, value, ...more] = item.split(':');
    if (value === undefined || more.length > 0) return { refused: 'has not exactly one colon' };
    const checked = check(value);
    return 'refused' in checked ? checked : { name: name ?? '', value: checked.value };
  });
}

function accept(value: string): Checked {
  return { value };
}

function variableValue(text: string, env: Environment): Checked {
  if (!text.startsWith('%')) return { value: text };
  const value = variableIn(env, text.slice(1));
  if (value === undefined || value === '') {
    return { refused: `names the variable ${JSON.stringify(text.slice(1))}, which is not set` };
  }
  return { value };
}

function templateValue(text: string): Checked {
  const mistake = templateMistake(text);
  return mistake === undefined ? { value: text } : { refused: 'is not a Go template' };
}

/** `name:value` cut at the first colon, trimmed; without a colon the value is empty. */
function labels(text: string): CustomValue {
  return collect(text, (item) => {
    const [name = '', ...rest] = item.split(':');
    if (!/^[a-zA-Z_]\w*$/.test(name.trim())) return { refused: 'has no valid name' };
    return { name: name.trim(), value: rest.join(':').trim() };
  });
}

/** `priority:severity`: the severity is trimmed, the priority is not. */
function severities(text: string): CustomValue {
  return collect(text, (item) => {
    const [name = '', ...rest] = item.split(':');
    const priority = priorityNamed(name);
    if (priority === undefined) return { refused: 'does not begin with a priority' };
    return { name: priorityTitle(priority), value: rest.join(':').trim() };
  });
}

function jsonMap(text: string): CustomValue {
  const refused = { value: {}, dropped: ['the value is not a JSON object of texts'] };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refused;
    const isTexts = Object.values(parsed).every((value) => typeof value === 'string');
    return isTexts ? whole(parsed as Record<string, string>) : refused;
  } catch {
    return refused;
  }
}

type Entry = { readonly name: string; readonly value: string } | { readonly refused: string };

function collect(text: string, entryOf: (item: string) => Entry): CustomValue {
  const entries: [string, string][] = [];
  const dropped: string[] = [];
  for (const [index, item] of text.split(',').entries()) {
    if (item === '') continue;
    const entry = entryOf(item);
    if ('refused' in entry) dropped.push(`entry ${index + 1} ${entry.refused}, and is left out`);
    else entries.push([entry.name, entry.value]);
  }
  return { value: Object.fromEntries(entries), dropped };
}
