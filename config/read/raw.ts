import { resolve } from 'node:path';
import {
  keyText,
  type Origin,
  type Path,
  pathId,
  pathText,
  type Problem,
  problemOf,
} from '../problem.ts';
import { configSchema } from '../schema.ts';
import type { SidekickRemark } from '../sidekick/draft.ts';
import { type SidekickOutput, sidekickSections } from '../sidekick/keys.ts';
import { sidekickOrigin } from '../sidekick/origin.ts';
import {
  hasSidekickVariables,
  translateSidekick,
  type Translation,
} from '../sidekick/translate.ts';
import { type ConfigDocument, parseConfig } from './document.ts';
import { readTextFile } from './read-file.ts';
import { type Environment, expandReferences } from './references.ts';

/** Where a configuration was found. */
export interface ConfigSource {
  /** The configuration file; without one, and without `text`, variables are looked at. */
  readonly file?: string | undefined;
  /** The text of the configuration, in place of reading the file. */
  readonly text?: string | undefined;
  readonly env: Environment;
  /** What relative names in the configuration are relative to. */
  readonly baseDirectory: string;
}

/** `environment`: Falcosidekick's variables without a file. */
export type ConfigKind = 'native' | 'falcosidekick' | 'environment' | 'default';

/** A configuration in the native form, not yet checked. */
export interface RawConfig {
  readonly kind: ConfigKind;
  readonly value: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  /** What references brought in, by path (`pathId`). */
  readonly broughtIn: ReadonlyMap<string, readonly string[]>;
  /** There when it was translated from Falcosidekick's form. */
  readonly translation?: Translation;
  readonly notRunning: NotRunning;
}

/** Outputs that a configuration turns on, and that do not run. */
export interface NotRunning {
  /** A value is wrong; only in Falcosidekick's form does the hub start all the same. */
  readonly misconfigured: readonly Misconfigured[];
  /** This hub does not have them. */
  readonly unavailable: readonly { readonly name: string; readonly title: string }[];
}

export interface Misconfigured {
  readonly name: string;
  readonly type: string;
  readonly problems: readonly Problem[];
}

export interface RawResult {
  readonly raw?: RawConfig;
  readonly problems: readonly Problem[];
  /** Files that were read, or were to be. */
  readonly files: readonly string[];
}

const CONFIG_BYTES_MAX = 1024 * 1024;

/** Reads a configuration of either form and makes it native. */
export async function readRaw(source: ConfigSource): Promise<RawResult> {
  const files = source.file === undefined ? [] : [resolve(source.file)];
  const read = await readText(source);
  if ('refused' in read) {
    const message = `cannot read the configuration: ${read.refused}`;
    return { problems: [{ ...error('file_unreadable', message), file: source.file ?? '' }], files };
  }
  const { document, problems } = parseConfig(read.text, source.file);
  if (document === undefined) return { problems, files };
  const form = formOf(document.value);
  if (form.kind === 'refused') {
    const place = placeIn(source.file, document, form.path, 'key');
    const refusal = { ...error('file_form', form.message), hint: form.hint, ...place };
    return { problems: [...problems, refusal], files };
  }
  if (form.kind === 'native') return readNative(source, document, problems, files);
  // A key that stands there twice is a mistake that Falcosidekick's form has no excuse for either.
  if (problems.length > 0) return { problems, files };
  return { ...(await readSidekick(source, form.kind, document)), files };
}

async function readText(source: ConfigSource): Promise<{ text: string } | { refused: string }> {
  if (source.text !== undefined) return { text: source.text };
  if (source.file === undefined) return { text: '' };
  return readTextFile(source.file, CONFIG_BYTES_MAX);
}

function error(code: string, message: string): Problem {
  return { severity: 'error', code, message, path: '' };
}

type Form =
  | { readonly kind: 'empty' | 'native' | 'falcosidekick' }
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly hint: string;
      readonly path: Path;
    };

/** Native keys and Falcosidekick's have nothing in common, so the first words decide. */
function formOf(value: unknown): Form {
  if (value === null || value === undefined) return { kind: 'empty' };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const hint = 'begin with a key such as `outputs:`';
    return { kind: 'refused', message: 'a configuration is a map', hint, path: [] };
  }
  const keys = Object.keys(value);
  const native = keys.find((key) => Object.hasOwn(configSchema.properties, key));
  const sidekick = keys.find((key) => sidekickSections.has(firstWord(key)));
  if (native !== undefined && sidekick !== undefined) {
    return {
      kind: 'refused',
      message: `"${native}" is a key of Tocsin's, "${keyText(sidekick)}" one of Falcosidekick's`,
      hint: 'use one form; `tocsin migrate` prints the native form of the other',
      path: [sidekick],
    };
  }
  if (sidekick !== undefined) return { kind: 'falcosidekick' };
  return { kind: keys.length === 0 ? 'empty' : 'native' };
}

function firstWord(key: string): string {
  return key.toLowerCase().split('.')[0] ?? key;
}

async function readNative(
  source: ConfigSource,
  document: ConfigDocument,
  problems: readonly Problem[],
  files: readonly string[],
): Promise<RawResult> {
  const expanded = await expandReferences(document.value, source);
  const { broughtIn } = expanded;
  const origin: Origin = {
    place: ({ path, at = 'value', offset }) => ({
      path: pathText(path),
      ...placeIn(source.file, document, path, at, offset),
    }),
    isHidden: (path) => broughtIn.has(pathId(path)),
  };
  return {
    raw: {
      kind: 'native',
      value: expanded.value as Record<string, unknown>,
      origin,
      broughtIn,
      notRunning: { misconfigured: [], unavailable: [] },
    },
    problems: [...problems, ...expanded.findings.map((finding) => problemOf(finding, origin))],
    files: [...files, ...expanded.files],
  };
}

async function readSidekick(
  source: ConfigSource,
  form: 'empty' | 'falcosidekick',
  document: ConfigDocument,
): Promise<{ raw: RawConfig; problems: readonly Problem[] }> {
  const isMeant = form === 'falcosidekick' || hasSidekickVariables(source.env);
  const env = isMeant ? source.env : {};
  const translation = await translateSidekick({ yaml: document.value, env });
  const origin = sidekickOrigin(translation, (path) =>
    placeIn(source.file, document, path, 'value'),
  );
  const asWarning = (remark: SidekickRemark): Problem => origin.problemOf(remark, 'warning');
  const notRunning: NotRunning = {
    misconfigured: translation.misconfigured.map(({ output, remarks }) => ({
      name: output.id,
      type: output.id,
      problems: remarks.map((remark) => origin.problemOf(remark, 'error')),
    })),
    unavailable: translation.unavailable.map(({ id, title }) => ({ name: id, title })),
  };
  return {
    raw: {
      kind: form === 'falcosidekick' ? form : isMeant ? 'environment' : 'default',
      value: translation.value,
      origin,
      broughtIn: new Map(),
      translation,
      notRunning,
    },
    problems: [
      ...translation.warnings.map(asWarning),
      ...translation.unavailable.map(unavailableRemark).map(asWarning),
    ],
  };
}

function unavailableRemark({ id, title, section, enabledBy }: SidekickOutput): SidekickRemark {
  return {
    code: 'output_unavailable',
    key: enabledBy[0] ?? section,
    message: `${title} is enabled, but not available: no alert goes there`,
    hint:
      UNAVAILABLE_HINTS[id] ?? 'keep Falcosidekick for it, and send it the alerts with a webhook',
  };
}

/** What to do about outputs for which there is something better. */
const UNAVAILABLE_HINTS: Readonly<Record<string, string>> = {
  stan: 'NATS Streaming has reached its end, and has no client that is maintained: move its readers to JetStream, and write an output of type nats with `mode: jetstream`',
};

function placeIn(
  file: string | undefined,
  document: ConfigDocument,
  path: Path,
  at: 'key' | 'value',
  offset?: number,
): Pick<Problem, 'file' | 'line' | 'column'> {
  const place = document.locate(path, at, offset);
  return { ...(file === undefined ? {} : { file }), ...place };
}
