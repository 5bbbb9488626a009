import type { Path } from '../problem.ts';
import type { Environment } from '../read/references.ts';
import { coerce, type SidekickValue, toText, zeroOf } from './coerce.ts';
import { parseCustom, priorityOfNumber } from './custom.ts';
import { type SidekickKey, sidekickKeys, variableOf } from './keys.ts';

/** Where a value came from; a key without one has its default. */
export type SidekickSource =
  | { readonly kind: 'file'; readonly path: Path }
  | { readonly kind: 'env'; readonly name: string };

export interface SidekickMistake {
  readonly code: 'sidekick_type' | 'sidekick_entry' | 'sidekick_unknown_key';
  readonly key: string;
  readonly message: string;
}

/** Falcosidekick's settings as Falcosidekick itself would see them. */
export interface SidekickSettings {
  /** Every key has a value. Lengths of time are in nanoseconds. */
  readonly values: Readonly<Record<string, SidekickValue>>;
  /** Sources of the keys that somebody set; also of unknown keys. */
  readonly sources: ReadonlyMap<string, SidekickSource>;
  readonly mistakes: readonly SidekickMistake[];
}

/**
 * Resolves keys as viper does: defaults, then the file (any case, nested or dotted), then variables,
 * which count when they are not empty. A value of the wrong type becomes the type's zero and a
 * mistake of code `sidekick_type`, where Falcosidekick logs one line and goes on.
 */
export function resolveSidekick(input: {
  /** The parsed file; undefined without one. */
  readonly yaml?: unknown;
  readonly env: Environment;
}): SidekickSettings {
  const file = flatten(input.yaml);
  const values: Record<string, SidekickValue> = {};
  const sources = new Map<string, SidekickSource>();
  const mistakes: SidekickMistake[] = [];
  for (const [name, { path }] of unknownEntries(file)) {
    sources.set(name, { kind: 'file', path });
    const message = 'Falcosidekick has no such key';
    mistakes.push({ code: 'sidekick_unknown_key', key: name, message });
  }
  for (const [key, definition] of sidekickKeys) {
    const resolved = resolveKey(key, definition, file, input.env);
    values[key] = resolved.value;
    if (resolved.source !== undefined) sources.set(key, resolved.source);
    mistakes.push(...resolved.mistakes);
  }
  return { values, sources, mistakes };
}

/** The variable of a key where it is set; what Kubernetes puts there for a Service does not count. */
export function setVariable(key: string, env: Environment): string | undefined {
  const text = env[variableOf(key)];
  const isServiceLink = key.endsWith('port') && /^(tcp|udp|sctp):\/\//.test(text ?? '');
  return text === '' || isServiceLink ? undefined : text;
}

interface FileEntry {
  readonly value: unknown;
  readonly path: Path;
}

/** Leaves of a file by their dotted, lower-case name. */
function flatten(tree: unknown): Map<string, FileEntry> {
  const entries = new Map<string, FileEntry>();
  const descend = (node: unknown, name: string, path: Path): void => {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) {
      entries.set(name, { value: node, path });
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      const lower = key.toLowerCase();
      descend(child, name === '' ? lower : `${name}.${lower}`, [...path, key]);
    }
  };
  if (typeof tree === 'object' && tree !== null) descend(tree, '', []);
  return entries;
}

/** `aws` and `aws.s3`: what may stand in a file with nothing below it. */
const sectionNames: ReadonlySet<string> = new Set(
  [...sidekickKeys.keys()].flatMap((key) => {
    const parts = key.split('.');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
  }),
);

function unknownEntries(file: ReadonlyMap<string, FileEntry>): [string, FileEntry][] {
  return [...file].filter(([name, { value }]) => {
    const parts = name.split('.');
    const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('.'));
    const isEmptySection = value === null && sectionNames.has(name);
    return !isEmptySection && !prefixes.some((prefix) => sidekickKeys.has(prefix));
  });
}

interface ResolvedKey {
  readonly value: SidekickValue;
  readonly source?: SidekickSource;
  readonly mistakes: readonly SidekickMistake[];
}

function resolveKey(
  key: string,
  definition: SidekickKey,
  file: ReadonlyMap<string, FileEntry>,
  env: Environment,
): ResolvedKey {
  const text = setVariable(key, env);
  const source = { kind: 'env', name: variableOf(key) } as const;
  const { binding, type } = definition;
  const isPairs = binding === 'custom' || (binding === 'documented' && type === 'map');
  if (text !== undefined && isPairs) {
    const { value, dropped } = parseCustom(key, text, env);
    const mistakes = dropped.map((message) => ({ code: 'sidekick_entry', key, message }) as const);
    return { value, source, mistakes };
  }
  if (type === 'map') return resolveMap(key, file, env);
  if (text !== undefined && (binding !== 'yaml-only' || file.has(key))) {
    return { ...typed(key, definition, text), source };
  }
  return fromFile(key, definition, file);
}

function fromFile(
  key: string,
  definition: SidekickKey,
  file: ReadonlyMap<string, FileEntry>,
): ResolvedKey {
  const entry = file.get(key);
  if (entry !== undefined && entry.value !== null) {
    return { ...typed(key, definition, entry.value), source: { kind: 'file', path: entry.path } };
  }
  const [below] = entriesBelow(key, file);
  if (below !== undefined) {
    const path = below[1].path.slice(0, -1);
    return { ...typed(key, definition, {}), source: { kind: 'file', path } };
  }
  return { value: definition.default as SidekickValue, mistakes: [] };
}

function typed(key: string, { type }: SidekickKey, value: unknown): Omit<ResolvedKey, 'source'> {
  const coerced = coerce(type, value);
  if (coerced !== undefined) return { value: coerced, mistakes: [] };
  return {
    value: zeroOf(type),
    mistakes: [wrongType(key, `is not ${typeWords[type]}, and does not count`)],
  };
}

const typeWords: Readonly<Record<SidekickKey['type'], string>> = {
  string: 'a text',
  bool: 'true or false',
  int: 'a whole number',
  duration: 'a length of time such as 1s',
  list: 'a list of texts',
  map: 'a map',
};

function wrongType(key: string, message: string): SidekickMistake {
  return { code: 'sidekick_type', key, message };
}

/** A map from the file; each entry may be overridden by `<KEY>_<ENTRY>`. */
function resolveMap(
  key: string,
  file: ReadonlyMap<string, FileEntry>,
  env: Environment,
): ResolvedKey {
  const whole = file.get(key);
  if (whole !== undefined && whole.value !== null) {
    const source = { kind: 'file', path: whole.path } as const;
    return { value: {}, source, mistakes: [wrongType(key, 'is not a map, and does not count')] };
  }
  const entries: [string, string][] = [];
  const mistakes: SidekickMistake[] = [];
  const below = entriesBelow(key, file);
  for (const [name, { value }] of below) {
    const entry = mapEntry(key, name, value, env);
    if (entry !== undefined) entries.push(entry);
    else if (value !== null) mistakes.push(wrongType(name, `${IN_FILE}, and does not count`));
  }
  const path = below[0]?.[1].path.slice(0, -1);
  return {
    value: Object.fromEntries(entries),
    ...(path === undefined ? {} : { source: { kind: 'file', path } }),
    mistakes,
  };
}

const IN_FILE = 'cannot stand in a file for Falcosidekick';

function mapEntry(
  key: string,
  name: string,
  value: unknown,
  env: Environment,
): [string, string] | undefined {
  const variable = env[variableOf(name)] ?? '';
  const text = variable === '' ? toText(value) : variable;
  const entryName = entryNameOf(key, name.slice(key.length + 1));
  return entryName === undefined || text === undefined ? undefined : [entryName, text];
}

/** Undefined for what breaks in viper: a dot in a name, and priorities that are not numbers. */
function entryNameOf(key: string, name: string): string | undefined {
  if (key === 'alertmanager.customseveritymap') return priorityOfNumber(name);
  return name.includes('.') ? undefined : name;
}

function entriesBelow(key: string, file: ReadonlyMap<string, FileEntry>): [string, FileEntry][] {
  return [...file].filter(([name]) => name.startsWith(`${key}.`));
}
