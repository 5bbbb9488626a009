import { type Path, pathId } from '../problem.ts';
import type { SidekickValue } from './coerce.ts';
import type { SidekickSettings } from './resolve.ts';

/** Something to tell about a key of Falcosidekick's. */
export interface SidekickRemark {
  readonly code: string;
  readonly key: string;
  readonly message: string;
  readonly hint?: string;
}

/** A configuration in the native form, being written from Falcosidekick's settings. */
export interface Draft {
  readonly settings: SidekickSettings;
  /** The native form; `put` fills it. */
  readonly raw: Record<string, unknown>;
  /** Which of Falcosidekick's keys each native path (`pathId`) was written from. */
  readonly keys: Map<string, string>;
  readonly warnings: SidekickRemark[];
}

export function newDraft(settings: SidekickSettings): Draft {
  return { settings, raw: {}, keys: new Map(), warnings: [] };
}

/** Writes a native value and remembers where it came from. */
export function put(draft: Draft, path: Path, value: unknown, key: string): void {
  let node = draft.raw;
  for (const step of path.slice(0, -1)) {
    node[step] ??= {};
    node = node[step] as Record<string, unknown>;
  }
  node[path.at(-1) ?? ''] = value;
  draft.keys.set(pathId(path), key);
}

/** Whether somebody set the key. */
export function isSet({ settings }: Draft, key: string): boolean {
  return settings.sources.has(key);
}

/** A key's value; undefined where Falcosidekick has no such key. */
export function valueOf({ settings }: Draft, key: string): SidekickValue | undefined {
  return settings.values[key];
}

/** The value of a key that holds text; empty where there is none. */
export function textOf(draft: Draft, key: string): string {
  const value = valueOf(draft, key);
  return typeof value === 'string' ? value : '';
}

/** The value of a key that holds a number; 0 where there is none. */
export function numberOf(draft: Draft, key: string): number {
  const value = valueOf(draft, key);
  return typeof value === 'number' ? value : 0;
}

/** The value of a key that holds a list. */
export function listOf(draft: Draft, key: string): readonly string[] {
  const value = valueOf(draft, key);
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** The value of a key that holds a map. */
export function mapOf(draft: Draft, key: string): Readonly<Record<string, string>> {
  const value = valueOf(draft, key);
  const isMap = typeof value === 'object' && !Array.isArray(value);
  return isMap ? (value as Readonly<Record<string, string>>) : {};
}

/** Whether a value is more than the zero of its type. */
export function isFilled(value: SidekickValue | undefined): boolean {
  if (value === undefined) return false;
  return typeof value === 'object' ? Object.keys(value).length > 0 : Boolean(value);
}
