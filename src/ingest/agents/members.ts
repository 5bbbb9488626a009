import { isObject } from '../normalise/members.ts';
import type { JsonObject } from './agent.ts';

/** What the formats of other agents are read with: any member may be missing, or of another kind. */

export function at(value: unknown, name: string): JsonObject {
  return objectOf(objectOf(value)[name]);
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function firstText(...values: readonly unknown[]): string | undefined {
  return values.filter(isText).find((value) => value.trim() !== '');
}

/** Members of a part of a document, under names that say which. */
export function prefixed(prefix: string, members: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

/** The fields that have something to say. */
export function said(fields: JsonObject): JsonObject {
  const entries = Object.entries(fields);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

/** A container under Falco's names. */
export function containerFields({ id, name }: JsonObject, image: unknown): JsonObject {
  const text = isText(image) ? (image.split('@', 1)[0] ?? '') : '';
  const colon = text.lastIndexOf(':');
  const hasTag = colon > text.lastIndexOf('/');
  return {
    'container.id': id,
    'container.name': name,
    'container.image.repository': hasTag ? text.slice(0, colon) : text,
    'container.image.tag': hasTag ? text.slice(colon + 1) : '',
  };
}
