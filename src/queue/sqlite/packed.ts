import { severityOf } from '../../alert.ts';
import { FIRST_SHEDDABLE_SHARD } from '../position.ts';
import type { NewAlert } from '../queue.ts';

/**
 * Alerts on their way to the writer: what it must know of each, in one text, and the JSON of all as
 * bytes in memory that both threads see, which go into the file as they are.
 */
export interface PackedAlerts {
  readonly heads: string;
  readonly headChars: readonly number[];
  readonly json: Uint8Array;
  readonly jsonBytes: readonly number[];
  /** Whether one of them may never be given up. */
  readonly holdsSevere: boolean;
}

export function packAlerts(alerts: readonly NewAlert[], texts = new Texts()): PackedAlerts {
  const start = texts.usedBytes;
  let heads = '';
  const headChars: number[] = [];
  const jsonBytes: number[] = [];
  for (const alert of alerts) {
    const head = headText(alert);
    heads += head;
    headChars.push(head.length);
    jsonBytes.push(texts.add(alert.json));
  }
  const holdsSevere = alerts.some(({ priority }) => severityOf(priority) < FIRST_SHEDDABLE_SHARD);
  return { heads, headChars, json: texts.from(start), jsonBytes, holdsSevere };
}

/** What the writer must know of an alert beside its JSON. */
export interface AlertHead {
  readonly uuid: string;
  readonly shard: number;
  readonly receivedAtMs: number;
  /** `,3,7,`: lane ids between commas; empty for history only. */
  readonly lanes: string;
  readonly ingest: string;
  readonly hostname: string;
  readonly source: string;
  readonly rule: string;
}

/** No name has a NUL: the normaliser takes it out. The rule comes last, and may have what it likes. */
const SEPARATOR = '\0';

function headText(alert: NewAlert): string {
  const { uuid, priority, receivedAtMs, lanes, ingest, hostname, source, rule } = alert;
  return (
    uuid +
    SEPARATOR +
    severityOf(priority) +
    SEPARATOR +
    receivedAtMs +
    SEPARATOR +
    lanesText(lanes) +
    SEPARATOR +
    ingest +
    SEPARATOR +
    hostname +
    SEPARATOR +
    source +
    SEPARATOR +
    rule
  );
}

export function readHead(text: string): AlertHead {
  const [uuid, shard, receivedAtMs, lanes, ingest, hostname, source, rule, ...more] =
    text.split(SEPARATOR);
  return {
    uuid: uuid!,
    shard: Number(shard),
    receivedAtMs: Number(receivedAtMs),
    lanes: lanes!,
    ingest: ingest!,
    hostname: hostname!,
    source: source!,
    rule: more.length === 0 ? rule! : [rule, ...more].join(SEPARATOR),
  };
}

const KEPT_BYTES = 512 * 1024;

/** The memory in which the texts of one commit cross to the writer; the next commit has it again. */
export class Texts {
  #memory = sharedMemory(KEPT_BYTES);
  #usedBytes = 0;

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Writes a text behind the last one; returns its length in bytes. */
  add(text: string): number {
    // No character of UTF-16 takes more than three bytes; counting them exactly takes longer.
    if (this.#usedBytes + text.length * 3 > this.#memory.length) this.#grow(text);
    const bytes = this.#memory.write(text, this.#usedBytes);
    this.#usedBytes += bytes;
    return bytes;
  }

  /** What was written from `start` on. */
  from(start: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, start, this.#usedBytes - start);
  }

  /** The last commit is done with it. What a huge one took is given back. */
  clear(): void {
    this.#usedBytes = 0;
    if (this.#memory.length > KEPT_BYTES) this.#memory = sharedMemory(KEPT_BYTES);
  }

  #grow(text: string): void {
    const needed = this.#usedBytes + Buffer.byteLength(text);
    if (needed <= this.#memory.length) return;
    const larger = sharedMemory(Math.max(needed, this.#memory.length * 2));
    larger.set(this.#memory.subarray(0, this.#usedBytes));
    this.#memory = larger;
  }
}

function sharedMemory(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

const laneTexts = new WeakMap<readonly number[], string>();

/** The router hands out the same arrays again and again, so their text is made once. */
function lanesText(lanes: readonly number[]): string {
  let text = laneTexts.get(lanes);
  if (text === undefined) {
    text = lanes.length === 0 ? '' : `,${lanes.join(',')},`;
    laneTexts.set(lanes, text);
  }
  return text;
}
