import type { AddressInfo } from 'node:net';
import { openDatagrams } from './datagrams.ts';
import type { SyslogIngestDeps, SyslogSettings } from './door.ts';
import { asksForCertificates } from '../stream-server.ts';
import { type Endpoint, openStream } from './stream.ts';

/** The syslog door. */
export interface SyslogIngest {
  /** Opens it, once. Rejects when an address cannot be had; nothing is open then. */
  listen(): Promise<void>;
  /** By transport: `udp`, `tcp`, `tls`. */
  addresses(): Readonly<Record<string, AddressInfo>>;
  /** The settings that need a new start to be in force. */
  reload(settings: SyslogSettings): readonly string[];
  /** Whether a sender must prove who it is. */
  authenticated(): boolean;
  /** When the certificate in force expires; undefined without TLS. */
  certificateNotAfter(): Date | undefined;
  /** Takes no more connections and datagrams. */
  lameDuck(): void;
  /** Ends every connection, and waits for what is under way. */
  close(graceMs: number): Promise<void>;
}

export function createSyslogIngest(deps: SyslogIngestDeps): SyslogIngest {
  const { settings, log } = deps;
  const opened = new Map<string, Endpoint>();
  let isStopped = false;

  async function listen(): Promise<void> {
    const { udp, tcp, tls } = settings;
    try {
      if (udp) opened.set('udp', await openDatagrams(deps, udp.address));
      if (tcp) opened.set('tcp', await openStream(deps, tcp.address));
      if (tls) opened.set('tls', await openStream(deps, tls.address, tls));
    } catch (error) {
      await close(0);
      throw error;
    }
    if (!isAuthenticated(settings)) {
      log.warn({}, 'everybody who reaches ingest.syslog may send alerts: no client certificates');
    }
  }

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    for (const endpoint of opened.values()) endpoint.stop();
  }

  async function close(graceMs: number): Promise<void> {
    stop();
    await Promise.all([...opened.values()].map((endpoint) => endpoint.close(graceMs)));
  }

  return {
    listen,
    addresses: () =>
      Object.fromEntries([...opened].map(([name, { address }]) => [name, address] as const)),
    reload: (changed) =>
      JSON.stringify(changed) === JSON.stringify(settings) ? [] : ['ingest.syslog'],
    authenticated: () => isAuthenticated(settings),
    certificateNotAfter: () => opened.get('tls')?.notAfter?.(),
    lameDuck: stop,
    close,
  };
}

function isAuthenticated({ udp, tcp, tls }: SyslogSettings): boolean {
  return udp === undefined && tcp === undefined && asksForCertificates(tls);
}
