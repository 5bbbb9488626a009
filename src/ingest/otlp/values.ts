import { RESERVED } from '../../json-scan.ts';
import type { JsonObject } from '../agents/agent.ts';
import { isText } from '../agents/members.ts';
import { isObject } from '../normalise/members.ts';
import { textOf } from '../normalise/text.ts';

/** Attributes under their names. What is no attribute is left out. */
export function valuesOf(attributes: unknown): JsonObject {
  const pairs = Array.isArray(attributes) ? (attributes as unknown[]).filter(isObject) : [];
  return Object.fromEntries(
    pairs
      .filter(({ key }) => isText(key) && key !== '' && !RESERVED.has(key))
      .map(({ key, value }) => [key as string, valueOf(value)]),
  );
}

/**
 * What an `AnyValue` holds: text, number, boolean, list or object; undefined for nothing. Recurses no
 * deeper than the body was read.
 */
export function valueOf(any: unknown): unknown {
  if (!isObject(any)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = any;
  if (isText(stringValue)) return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  const number = textOf(intValue ?? doubleValue);
  if (number !== '') return numberOf(number);
  if (isText(bytesValue)) return bytesValue;
  return structureOf(any);
}

function structureOf({ arrayValue, kvlistValue }: JsonObject): unknown {
  if (isObject(arrayValue)) return listOf(arrayValue['values']).map(valueOf);
  return isObject(kvlistValue) ? valuesOf(kvlistValue['values']) : undefined;
}

/** 64 bits come as text, and keep their digits; what JSON has no number for stays text. */
function numberOf(text: string): unknown {
  const value = Number(text);
  if (Number.isFinite(value) && String(value) === text) return value;
  return /^-?[1-9]\d{0,18}$/.test(text) ? JSON.rawJSON(text) : text;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
