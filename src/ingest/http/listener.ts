import type { AddressInfo, Server } from 'node:net';
import type { Log } from '../log.ts';

/**
 * Listens on `host:port`; port 0 takes any. `[::]` takes IPv4, too, and becomes `0.0.0.0` where
 * there is no IPv6. Rejects with a sentence that says what to do.
 */
export async function listen(server: Server, address: string, log: Log): Promise<AddressInfo> {
  const { host, port } = parseAddress(address);
  try {
    return await bind(server, host, port);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (host === '::' && NO_IPV6.has(code)) {
      log.info({ address, code }, 'no IPv6 here, listening on IPv4 only');
      return listen(server, `0.0.0.0:${port}`, log);
    }
    throw new Error(`Cannot listen on ${address}: ${ADVICE[code] ?? code}.`, { cause: error });
  }
}

const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process has this port; stop it or choose another port',
  EACCES: 'this user may not have this port; choose one from 1024 up',
  EADDRNOTAVAIL: 'this machine does not have this address; `[::]` takes all it has',
  ENOTFOUND: 'no such host name; give an address',
};

/** `[::]:2801`, `127.0.0.1:2801`, `:2801`. */
export function parseAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new Error(`${address} is no address to listen on: write host:port, as in [::]:2801.`);
  }
  return { host: bracketed || plain || '::', port: Number(port) };
}

function bind(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}
