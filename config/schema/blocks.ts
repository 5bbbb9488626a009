import { type TString, Type } from 'typebox';

/** Refuses unknown keys, so that a typing mistake never passes for a default. */
export const closed = { additionalProperties: false } as const;

interface Described {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

/**
 * The path of a file the hub reads (certificates, keys). Relative: to the configuration's directory.
 * The hub reloads when the file changes.
 */
export function filePath(options: Described): TString {
  return Type.String({ minLength: 1, ...options, 'x-file': true });
}

/** Where to listen: `[::]:2801`, `127.0.0.1:2801`, `localhost:2801` or `:2801`. */
export function listenAddress(options: Described & { readonly default: string }): TString {
  return Type.String({ ...options, format: 'host-port' });
}
