import type { AddressInfo } from 'node:net';
import type { Metrics } from '../../observe/metrics.ts';
import type { Admission } from '../admission.ts';
import type { AuditdSettings } from '../auditd/document.ts';
import type { AuditRoom } from '../auditd/room.ts';
import type { ServerTls } from '../http/settings.ts';
import type { Log } from '../log.ts';
import { asksForCertificates, openStreamServer, type StreamServer } from '../stream-server.ts';
import { AudispConnection } from './connection.ts';

/** The section `inputs.auditd` of the configuration. */
export interface AudispSettings {
  /** `host:port`. */
  readonly address: string;
  readonly tls?: ServerTls | undefined;
  readonly connectionsMax: number;
  readonly connectionsPerSenderMax: number;
}

export interface AudispDeps {
  readonly admission: Admission;
  readonly isFull: () => Promise<boolean>;
  readonly auditd: () => AuditdSettings;
  /** For events that are not whole, of all files and connections. */
  readonly auditRoom: AuditRoom;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What was read goes into the queue, if it has room at once. */
const CLOSE_MS = 2000;

/** Takes auditd's records over TCP or TLS. Reading waits for the queue, and with it the sender. */
export class AudispDoor {
  readonly settings: AudispSettings;
  readonly #server: StreamServer;
  readonly #stopping: AbortController;

  private constructor(settings: AudispSettings, server: StreamServer, stopping: AbortController) {
    this.settings = settings;
    this.#server = server;
    this.#stopping = stopping;
  }

  /**
   * Rejects with a sentence that says what to do where the address cannot be had, or the certificates
   * cannot be served.
   */
  static async open(settings: AudispSettings, deps: AudispDeps): Promise<AudispDoor> {
    const { address, tls, connectionsMax, connectionsPerSenderMax } = settings;
    const { metrics, log } = deps;
    const stopping = new AbortController();
    const server = await openStreamServer({
      sender: { input: 'auditd', resends: true },
      address,
      tls,
      connectionsMax,
      connectionsPerSenderMax,
      serve: (socket, sender) => new AudispConnection(sender, deps, stopping.signal).serve(socket),
      onRefused: (code) => metrics.rejected.inc({ input: 'auditd', code }, 0),
      log,
    });
    metrics.authenticated.set({ input: 'auditd' }, asksForCertificates(tls) ? 1 : 0);
    log.info({ address, tls: tls !== undefined }, "Taking auditd's records.");
    return new AudispDoor(settings, server, stopping);
  }

  get address(): AddressInfo {
    return this.#server.address;
  }

  /** When the certificate in force expires; undefined without TLS. */
  certificateNotAfter(): Date | undefined {
    return this.#server.notAfter();
  }

  /** Ends all connections; what was read of them goes into the queue. */
  async close(): Promise<void> {
    this.#server.stop();
    const timer = setTimeout(() => this.#stopping.abort(), CLOSE_MS);
    await this.#server.end();
    clearTimeout(timer);
  }
}
