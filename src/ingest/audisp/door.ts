import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Metrics } from '../../observe/metrics.ts';
import type { Admission, Sender } from '../admission.ts';
import { type AuditdSettings, auditdDocument } from '../auditd/document.ts';
import { type AuditEvent, Reassembler } from '../auditd/reassemble.ts';
import { parseRecord } from '../auditd/record.ts';
import { HandOver } from '../file/hand-over.ts';
import { peerOf } from '../http/connection.ts';
import { listen } from '../http/listener.ts';
import { limitConnections } from '../http/sockets.ts';
import { LineStream } from '../lines/stream.ts';
import type { Log } from '../log.ts';

/** The section `inputs.auditd` of the configuration. */
export interface AudispSettings {
  /** `host:port`. */
  readonly address: string;
  readonly connectionsMax: number;
  readonly connectionsPerSenderMax: number;
}

export interface AudispDeps {
  readonly admission: Admission;
  readonly isFull: () => Promise<boolean>;
  readonly auditd: () => AuditdSettings;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** As logs and metrics name it. */
const NAME = 'inputs.auditd';
/** auditd's own lines have at most 9 kB. */
const LINE_BYTES_MAX = 64 * 1024;
/** What events that are not whole may take of memory, for each connection. */
const BEGUN_BYTES_MAX = 2 * 1024 * 1024;
/** A machine that has lost its power says no more, and must not keep its place for ever. */
const KEEP_ALIVE_MS = 60_000;
const GIVE_UP_EVERY_MS = 500;
/** What was read goes into the queue, if it has room at once. */
const CLOSE_MS = 2000;

/** Takes auditd's records over TCP. Reading waits for the queue, and with it the sender. */
export class AudispDoor {
  readonly settings: AudispSettings;
  readonly address: AddressInfo;
  readonly #server: Server;
  readonly #serving: ReadonlySet<Promise<void>>;
  readonly #sockets: ReturnType<typeof limitConnections>;
  readonly #stopping: AbortController;

  private constructor(
    settings: AudispSettings,
    address: AddressInfo,
    parts: {
      readonly server: Server;
      readonly serving: ReadonlySet<Promise<void>>;
      readonly sockets: ReturnType<typeof limitConnections>;
      readonly stopping: AbortController;
    },
  ) {
    this.settings = settings;
    this.address = address;
    this.#server = parts.server;
    this.#serving = parts.serving;
    this.#sockets = parts.sockets;
    this.#stopping = parts.stopping;
  }

  /** Rejects with a sentence that says what to do where the address cannot be had. */
  static async open(settings: AudispSettings, deps: AudispDeps): Promise<AudispDoor> {
    const stopping = new AbortController();
    const serving = new Set<Promise<void>>();
    const server = createServer();
    server.maxConnections = settings.connectionsMax;
    const sockets = limitConnections(server, {
      perSenderMax: () => settings.connectionsPerSenderMax,
      onRefused: (code) => deps.metrics.rejected.inc({ input: 'auditd', code }, 0),
    });
    server.on('connection', (socket: Socket) => {
      const one = serve(socket, deps, stopping.signal).finally(() => serving.delete(one));
      serving.add(one);
    });
    const address = await listen(server, settings.address, deps.log);
    deps.log.info({ address: settings.address }, "Taking auditd's records.");
    return new AudispDoor(settings, address, { server, serving, sockets, stopping });
  }

  /** Ends all connections; what was read of them goes into the queue. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#sockets.destroyAll();
    const timer = setTimeout(() => this.#stopping.abort(), CLOSE_MS);
    await Promise.all(this.#serving);
    await closed;
    clearTimeout(timer);
  }
}

async function serve(socket: Socket, deps: AudispDeps, stopping: AbortSignal): Promise<void> {
  const sender: Sender = { input: 'auditd', peer: peerOf(socket), resends: true };
  const handOver = new HandOver({ ...deps, name: NAME, sender, stopping });
  const lines = new LineStream(LINE_BYTES_MAX);
  const reassembler = new Reassembler(BEGUN_BYTES_MAX);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);

  const take = async (events: readonly AuditEvent[]): Promise<void> => {
    const settings = deps.auditd();
    try {
      await handOver.take(events.map((event) => auditdDocument(event, settings)));
    } catch (error) {
      // Nobody has them any more.
      const code = stopping.aborted ? 'shutting_down' : 'internal';
      deps.metrics.rejected.inc({ input: sender.input, code }, events.length);
      throw error;
    }
  };
  const read = (line: Buffer | 'too_long'): readonly AuditEvent[] => {
    const record = line === 'too_long' ? undefined : parseRecord(textOf(line));
    if (record !== undefined) return reassembler.add(record, sender.peer, 0, Date.now());
    if (line === 'too_long') handOver.refuse('line_too_long', TOO_LONG);
    else if (line.length > 0) handOver.refuse('not_an_alert', '');
    return [];
  };
  let waiting = Promise.resolve();
  const timer = setInterval(() => {
    const events = reassembler.giveUp(Date.now(), false);
    if (events.length > 0)
      waiting = waiting
        .then(() => take(events))
        .catch((error: unknown) => tellFault(error, deps.log));
  }, GIVE_UP_EVERY_MS);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      await take(lines.add(chunk).flatMap(read));
    }
  } catch (error) {
    tellFault(error, deps.log);
  }
  clearInterval(timer);
  await waiting;
  const rest = lines.end().flatMap(read);
  await take([...rest, ...reassembler.giveUp(0, true)]).catch((error: unknown) =>
    tellFault(error, deps.log),
  );
}

const TOO_LONG = `A line has more than ${LINE_BYTES_MAX} bytes.`;

/** That a sender goes away, or that the hub stops, is no fault. */
function tellFault(error: unknown, log: Log): void {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) log.error({ input: NAME, error: message }, 'A connection failed.');
}

/** Some plugins put the name of their program in front, and syslog's priority before it. */
function textOf(line: Buffer): string {
  return line
    .toString()
    .replace(/^(?:<\d{1,3}>)?(?:audispd?|audisp-[a-z]{1,16}): /, '')
    .trimEnd();
}
