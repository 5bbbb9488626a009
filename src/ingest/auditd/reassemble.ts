import type { AuditRecord } from './record.ts';
import { AuditRoom, type WaitingEvent } from './room.ts';

/** The records of one event, in the order they came. */
export interface AuditEvent {
  readonly records: readonly AuditRecord[];
  /** Of the log around the lines; empty where it does not say. */
  readonly hostname: string;
}

interface Begun extends WaitingEvent {
  readonly records: AuditRecord[];
  readonly hostname: string;
  readonly startsAt: number;
  readonly sinceMs: number;
  chars: number;
}

const EVENTS_MAX = 10_000;
const BYTES_MAX = 16 * 1024 * 1024;
/** What a field takes beside its characters: thousands of short ones fit into a line. */
const FIELD_BYTES = 100;
/** What an event takes beside its records. */
const EVENT_BYTES = 500;
const EVENT_CHARS_MAX = 256 * 1024;
const EVENT_RECORDS_MAX = 64;
const WAIT_MS_MAX = 2000;
/** Begun events that are looked at for whether their time is over. */
const LOOKED_AT_MAX = 32;

/** The kernel ends an event with one of these. */
const LAST: ReadonlySet<string> = new Set(['PROCTITLE', 'EOE']);
/** Programs say everything in one record; what the kernel says may go on. */
const ALONE =
  /^(?:USER|CRED|ACCT|ADD|DEL|GRP|ROLE|CHGRP|CHUSER|SERVICE|SYSTEM|DAEMON|VIRT|CRYPTO|SOFTWARE|USYS|TRUSTED|TEST)(?:_|$)/;

/** Puts records that come mixed with those of other events together again. */
export class Reassembler {
  /** By node and stamp, the oldest first. */
  readonly #begun = new Map<string, Begun>();
  readonly #room: AuditRoom;
  readonly #bytesMax: number;
  #bytes = 0;

  /** `room`: of the events of all sources that are not whole; `bytesMax`: of those of this one. */
  constructor(room = new AuditRoom(), bytesMax = BYTES_MAX) {
    this.#room = room;
    this.#bytesMax = bytesMax;
  }

  /** The events that are whole now. `startsAt`: offset of the record in its source. */
  add(record: AuditRecord, hostname: string, startsAt: number, nowMs: number): AuditEvent[] {
    const over = this.#over();
    const key = `${record.node} ${record.stamp}`;
    const event = this.#begun.get(key) ?? this.#begin(key, record, hostname, startsAt, nowMs);
    if (event === undefined) return over;
    this.#extend(event, record);
    const isWhole = LAST.has(record.type) || ALONE.test(record.type);
    const whole = isWhole ? this.#end(key) : [];
    return [...over, ...this.#outdated(record), ...whole, ...this.#excess()];
  }

  /** Events that have waited long enough for more, or all of them. */
  giveUp(nowMs: number, isEnd: boolean): AuditEvent[] {
    const given: AuditEvent[] = [];
    for (const [key, { sinceMs, isOver }] of this.#begun) {
      if (!isEnd && !isOver && nowMs - sinceMs <= WAIT_MS_MAX) break;
      given.push(...this.#end(key));
    }
    return given;
  }

  /** Where the oldest event begins that is not whole yet; undefined: none is begun. */
  oldestStart(): number | undefined {
    const [oldest] = this.#begun.values();
    return oldest?.startsAt;
  }

  #begin(
    key: string,
    { type }: AuditRecord,
    hostname: string,
    startsAt: number,
    nowMs: number,
  ): Begun | undefined {
    // The end of an event that has ended already.
    if (type === 'EOE') return undefined;
    const size = { chars: 0, bytes: 0, isOver: false };
    const event = { records: [], hostname, startsAt, sinceMs: nowMs, ...size };
    this.#begun.set(key, event);
    this.#grow(event, EVENT_BYTES);
    return event;
  }

  #extend(event: Begun, record: AuditRecord): void {
    const isFull =
      event.records.length >= EVENT_RECORDS_MAX || event.chars + record.chars > EVENT_CHARS_MAX;
    if (record.type === 'EOE' || (isFull && event.records.length > 0)) return;
    event.records.push(record);
    event.chars += record.chars;
    this.#grow(event, record.chars + record.fields.size * FIELD_BYTES);
  }

  #grow(event: Begun, bytes: number): void {
    this.#room.grow(event, bytes);
    this.#bytes += bytes;
  }

  #end(key: string): AuditEvent[] {
    const event = this.#begun.get(key);
    if (event === undefined) return [];
    this.#begun.delete(key);
    this.#bytes -= event.bytes;
    this.#room.free(event);
    return [{ records: event.records, hostname: event.hostname }];
  }

  /** A node that is two seconds further says nothing more of what was before. */
  #outdated({ node, atMs }: AuditRecord): AuditEvent[] {
    const ended: AuditEvent[] = [];
    let looked = 0;
    for (const [key, { records }] of this.#begun) {
      if (looked++ === LOOKED_AT_MAX) break;
      const [first] = records;
      const isOver = first?.node === node && atMs - first.atMs > WAIT_MS_MAX;
      if (isOver) ended.push(...this.#end(key));
    }
    return ended;
  }

  /** Those that gave way are the oldest here, too. */
  #over(): AuditEvent[] {
    const ended: AuditEvent[] = [];
    for (const [key, { isOver }] of this.#begun) {
      if (!isOver) break;
      ended.push(...this.#end(key));
    }
    return ended;
  }

  #excess(): AuditEvent[] {
    this.#room.makeRoom();
    const ended = this.#over();
    for (const key of this.#begun.keys()) {
      const isMuch = this.#begun.size > EVENTS_MAX || this.#bytes > this.#bytesMax;
      if (!isMuch && !this.#room.isFull()) break;
      ended.push(...this.#end(key));
    }
    return ended;
  }
}
