import type { Socket } from 'node:net';
import type { Sender } from '../admission.ts';
import { auditdDocument } from '../auditd/document.ts';
import { type AuditEvent, Reassembler } from '../auditd/reassemble.ts';
import { parseRecord } from '../auditd/record.ts';
import { HandOver } from '../file/hand-over.ts';
import { LineStream } from '../lines/stream.ts';
import type { Log } from '../log.ts';
import type { AudispDeps } from './door.ts';

/** As logs and metrics name it. */
const NAME = 'inputs.auditd';
/** auditd's own lines have at most 9 kB. */
const LINE_BYTES_MAX = 64 * 1024;
/** What events that are not whole may take of memory, for each connection. */
const BEGUN_BYTES_MAX = 2 * 1024 * 1024;
/** A machine that has lost its power says no more, and must not keep its place for ever. */
const KEEP_ALIVE_MS = 60_000;
const GIVE_UP_EVERY_MS = 500;

/** Reads a connection to its end: records become events, and events alerts in the queue. */
export class AudispConnection {
  readonly #sender: Sender;
  readonly #deps: AudispDeps;
  readonly #stopping: AbortSignal;
  readonly #handOver: HandOver;
  readonly #lines = new LineStream(LINE_BYTES_MAX);
  readonly #reassembler: Reassembler;
  /** One at a time: who reads or gives up meanwhile would hold more than a connection may. */
  #taking: Promise<void> | undefined;

  constructor(sender: Sender, deps: AudispDeps, stopping: AbortSignal) {
    this.#sender = sender;
    this.#deps = deps;
    this.#stopping = stopping;
    this.#handOver = new HandOver({ ...deps, name: NAME, sender, stopping });
    this.#reassembler = new Reassembler(deps.auditRoom, BEGUN_BYTES_MAX);
  }

  /** Resolves when what was read is on disk, or counted as lost. */
  async serve(socket: Socket): Promise<void> {
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const timer = setInterval(() => this.#giveUp(), GIVE_UP_EVERY_MS);
    try {
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        await this.#taking;
        await this.#takeAlone(this.#eventsIn(this.#lines.add(chunk)));
      }
    } catch (error) {
      tellFault(error, this.#deps.log);
    }
    clearInterval(timer);
    await this.#taking;
    const last = this.#eventsIn(this.#lines.end());
    await this.#take([...last, ...this.#reassembler.giveUp(0, true)]).catch((error: unknown) =>
      tellFault(error, this.#deps.log),
    );
  }

  /** While others wait for the queue, what is begun waits, too. */
  #giveUp(): void {
    if (this.#taking !== undefined) return;
    const events = this.#reassembler.giveUp(Date.now(), false);
    if (events.length === 0) return;
    this.#takeAlone(events).catch((error: unknown) => tellFault(error, this.#deps.log));
  }

  #takeAlone(events: readonly AuditEvent[]): Promise<void> {
    const taken = this.#take(events);
    const end = (): void => void (this.#taking = undefined);
    this.#taking = taken.then(end, end);
    return taken;
  }

  async #take(events: readonly AuditEvent[]): Promise<void> {
    const settings = this.#deps.auditd();
    const documents = events.map((event) => auditdDocument(event, settings));
    await this.#handOver.take(documents, (left) => {
      // Nobody has them any more.
      const code = this.#stopping.aborted ? 'shutting_down' : 'internal';
      this.#deps.metrics.rejected.inc({ input: this.#sender.input, code }, left);
    });
  }

  #eventsIn(lines: readonly (Buffer | 'too_long')[]): AuditEvent[] {
    return lines.flatMap((line) => {
      const record = line === 'too_long' ? undefined : parseRecord(textOf(line));
      if (record !== undefined) {
        return this.#reassembler.add(record, this.#sender.peer, 0, Date.now());
      }
      if (line === 'too_long') this.#handOver.refuse('line_too_long', TOO_LONG);
      else if (line.length > 0) this.#handOver.refuse('not_an_alert', '');
      return [];
    });
  }
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
