import type { Alert } from '../../alert.ts';
import { goValueText } from '../fields.ts';
import type { OtlpSettings } from './settings.ts';

/**
 * What OTLP says in every signal, in its JSON form, from which the other is made.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

export interface Attribute {
  readonly key: string;
  readonly value: AnyValue;
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

export type AttributeValue = string | readonly string[];

/** Empty texts and lists are left out. */
export function attributesOf(
  values: Readonly<Record<string, AttributeValue>>,
): readonly Attribute[] {
  return Object.entries(values)
    .filter(([, value]) => value.length > 0)
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

export function anyValue(value: AttributeValue): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  return { arrayValue: { values: value.map((text) => ({ stringValue: text })) } };
}

/** All fields of an alert, as text. */
export function fieldTexts({ fields }: Alert): Readonly<Record<string, string>> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, value]) => [name, goValueText(value)]));
}

/** Who says it: Falco, as Falcosidekick has it. */
export function resourceOf({ resource }: Pick<OtlpSettings, 'resource'>) {
  return { attributes: attributesOf({ 'service.name': 'falco', ...resource }) };
}
