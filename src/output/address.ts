import { isIP } from 'node:net';
import type { Mistake } from './check.ts';

/** Where a server listens, as it stands in a configuration. */
export interface Address {
  /** A name or an address, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[([\da-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/;

/** Reads `host:port`, `[IPv6]:port`, or a host alone where there is a usual port for it. */
export function addressOf(text: string, usualPort?: number): Address | undefined {
  const [, bracketed, plain, digits = usualPort] = ADDRESS.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && isIP(bracketed) === 0)) return undefined;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** For outputs whose server stands in `address`: what is wrong with it, and where it is. */
export function serverAt(usualPort: number) {
  interface Server {
    readonly address: string;
  }
  return {
    mistakesIn: ({ address }: Server): Mistake[] => checkAddress('address', address, usualPort),
    /** Checked when the configuration was loaded. */
    targetOf: ({ address }: Server): Address => addressOf(address, usualPort) as Address,
  };
}

/** Says so where `text` is no address. */
export function checkAddress(path: string, text: string, usualPort: number): Mistake[] {
  if (addressOf(text, usualPort) !== undefined) return [];
  return [{ path, message: `is not host or host:port, as in server.example.org:${usualPort}` }];
}
