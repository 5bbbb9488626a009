import { isIP } from 'node:net';
import { basename } from 'node:path';
import type { Alert } from '../alert.ts';

/** Fields of an alert at their places in somebody else's schema. */

/** What a schema takes at a place; undefined for a value that its type would refuse. */
export type Kind = (value: unknown) => unknown;

export type Place = readonly [field: string, place: string, kind: Kind];

/** What Falco writes where there is nothing. */
const ABSENT: ReadonlySet<string> = new Set(['', '<NA>']);

export const text: Kind = (value) =>
  typeof value === 'string' && !ABSENT.has(value) ? value : undefined;
export const count: Kind = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? value : undefined;
/** A number that names something. */
export const id: Kind = (value) => (Number.isSafeInteger(value) ? String(value) : text(value));
export const port: Kind = (value) => ((value as number) <= 65_535 ? count(value) : undefined);
export const address: Kind = (value) =>
  typeof value === 'string' && isIP(value) !== 0 ? value : undefined;
export const path: Kind = (value) =>
  typeof value === 'string' && value.startsWith('/') ? value : undefined;
/** The last part of a path; the path itself where there is none. */
export const nameOfPath: Kind = (value) => {
  const whole = path(value);
  return typeof whole === 'string' ? basename(whole) || whole : undefined;
};
export const list: Kind = (value) => (text(value) === undefined ? undefined : [value]);
/** Falco calls what runs outside of any container `host`. */
export const container: Kind = (value) => (value === 'host' ? undefined : text(value));

/** Puts each field at its place, `a.b.c`. Of two for one place, the first that fits. */
export function placedFields(
  fields: Alert['fields'],
  places: readonly Place[],
): Record<string, unknown> {
  const placed: Record<string, unknown> = {};
  for (const [field, place, kind] of places) {
    const value = Object.hasOwn(fields, field) ? kind(fields[field]) : undefined;
    if (value !== undefined) put(placed, place.split('.'), value);
  }
  return placed;
}

function put(target: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  const last = steps.at(-1) as string;
  let node = target;
  for (const step of steps.slice(0, -1)) {
    node[step] ??= {};
    node = node[step] as Record<string, unknown>;
  }
  node[last] ??= value;
}
