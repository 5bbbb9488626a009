import {
  type TBoolean,
  type TObject,
  type TOptional,
  type TProperties,
  type TString,
  type TUnsafe,
  Type,
} from 'typebox';

/** Building blocks of a settings schema that JSON Schema has no word for. */

interface Described {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

/** A string that never appears in a log, metric, error, API answer or dead letter. */
export function secret(options: Described): TString {
  return Type.String({ ...options, 'x-secret': true });
}

/**
 * A length of time, written `250ms`, `30s`, `5m`, `24h`, `7d` or `0`. The program sees milliseconds:
 * the loader converts every node that carries this format.
 */
export function duration(options: Described & { readonly default?: string }): TUnsafe<number> {
  return Type.Unsafe<number>({ type: 'string', format: 'duration-text', ...options });
}

/** A size, written `64KiB`, `2GiB` or as a plain number of bytes. The program sees bytes. */
export function bytes(options: Described & { readonly default?: string }): TUnsafe<number> {
  return Type.Unsafe<number>({ type: ['string', 'integer'], format: 'bytes-text', ...options });
}

/** A Go `text/template`, checked when the configuration is loaded. */
export function template(options: Described & { readonly default?: string }): TString {
  return Type.String({ ...options, format: 'go-template' });
}

/** The settings of an output, which takes no others. */
export function settingsSchema<Properties extends TProperties>(
  properties: Properties,
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false });
}

/** A text that says something. */
export function text(description: string): TString {
  return Type.String({ description, minLength: 1 });
}

/** The same where it need not be there. */
export function optionalText(description: string): TOptional<TString> {
  return Type.Optional(text(description));
}

/**
 * A text that keeps to a form.
 *
 * @param pattern A regular expression.
 * @param standard What it is where nobody sets it; without one it must be set.
 */
export function textLike(description: string, pattern: string, standard?: string): TString {
  const options = standard === undefined ? { pattern } : { default: standard, pattern };
  return Type.String({ description, ...options });
}

/** A `secret` that need not be there. */
export function optionalSecret(description: string): TOptional<TString> {
  return Type.Optional(secret({ description, minLength: 1 }));
}

/** A switch. */
export function flag(description: string, standard: boolean): TBoolean {
  return Type.Boolean({ description, default: standard });
}
