import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';

/** A place to connect to. */
export interface Place {
  /** As grpc-js takes it; unique among those of an input. */
  readonly address: string;
  /** The name that a certificate is checked against; empty for a socket of this machine. */
  readonly host: string;
}

/** All addresses that a name has now. Rejects where it is not known. */
export type LookUp = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const systemLookUp: LookUp = (host) => lookup(host, { all: true });

/** Pods behind one name. */
const ADDRESSES_MAX = 1000;

const DNS = /^dns:\/\/\/(\[[^\]]+\]|[^:]+):(\d+)$/;

/** The places of a target now; many behind a `dns:///` name. Rejects where the name is not known. */
export async function placesOf(
  target: string,
  lookUp: LookUp = systemLookUp,
): Promise<readonly Place[]> {
  if (target.startsWith('unix:')) return [{ address: target, host: '' }];
  const [, name, port = ''] = DNS.exec(target) ?? [];
  if (name === undefined) {
    const host = withoutBrackets(target.slice(0, target.lastIndexOf(':')));
    return [{ address: isIPv6(host) ? `ipv6:${target}` : `dns:${target}`, host }];
  }
  const host = withoutBrackets(name);
  const found = await lookUp(host);
  // A pod with addresses of both kinds is one Falco.
  const family = found.some((one) => one.family === 4) ? 4 : 6;
  const addresses = found.filter((one) => one.family === family).map(({ address }) => address);
  return [...new Set(addresses)].slice(0, ADDRESSES_MAX).map((address) => ({
    address: family === 4 ? `ipv4:${address}:${port}` : `ipv6:[${address}]:${port}`,
    host,
  }));
}

/** Whether a target may have other places later. */
export function isMoving(target: string): boolean {
  return target.startsWith('dns:');
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
