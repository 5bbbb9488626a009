import { isIP, type LookupFunction } from 'node:net';
import type { DestinationPolicy } from './destination.ts';
import type { Dialer } from './dialer.ts';
import { retryError } from './http-error.ts';
import { hostOf, portOf } from './http-url.ts';
import { sharedLookup } from './lookup.ts';

/** Where the destination policy stands in the way of a connection. */

const ADDRESSES_MAX = 8;

/** Refuses a URL whose host is an address that must not be reached. Throws `HttpError`. */
export function checkLiteral(policy: DestinationPolicy, url: URL): void {
  const host = hostOf(url);
  if (isIP(host) === 0) return;
  const refusal = policy.refusal(host, host, portOf(url));
  if (refusal !== undefined) throw refusedError(host, host, refusal);
}

function refusedError(host: string, address: string, refusal: string): Error {
  const what = host === address ? address : `${host} (${address})`;
  const remedy = `list ${host} under allowDestinations if this output is meant to reach it`;
  return retryError('destination_refused', 'client', `${what} is refused: ${refusal}; ${remedy}`);
}

/**
 * Resolves a name and lets only permitted addresses through. The socket connects to what this
 * returns, so a name that resolves differently a moment later changes nothing.
 */
export function guardedLookup(
  { policy, lookup }: Pick<Dialer, 'policy' | 'lookup'>,
  port: number,
): LookupFunction {
  return (host, options, callback) => {
    const ask = lookup ?? (sharedLookup as LookupFunction);
    ask(host, { ...options, all: true }, (error, result) => {
      if (error) return callback(error, []);
      const found =
        typeof result === 'string' ? [{ address: result, family: isIP(result) }] : result;
      const permitted = found.filter(({ address }) => !policy.refusal(host, address, port));
      const [first] = permitted;
      if (first === undefined) return callback(nowhere(policy, host, found[0]?.address, port), []);
      if (options.all) callback(null, permitted.slice(0, ADDRESSES_MAX));
      else callback(null, first.address, first.family);
    });
  };
}

function nowhere(
  policy: DestinationPolicy,
  host: string,
  address: string | undefined,
  port: number,
): Error {
  if (address === undefined) return retryError('network', 'network', `${host} has no address`);
  return refusedError(host, address, policy.refusal(host, address, port) ?? '');
}
