import type { LookupFunction } from 'node:net';

/** The address of a host, by a lookup of `Network`. Rejects with what `resultOfError` understands. */
export function resolved(
  lookup: LookupFunction,
  host: string,
): Promise<{ readonly address: string; readonly family: number }> {
  return new Promise((resolve, reject) => {
    lookup(host, {}, (error, address, family = 4) => {
      if (error) reject(error);
      // It asks for one address, and so gets one.
      else resolve({ address: address as string, family });
    });
  });
}
