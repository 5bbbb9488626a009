import { severityOf } from '../../alert.ts';
import type { NewAlert } from '../queue.ts';

/**
 * Alerts on their way to the writer, a column an array: arrays of strings cross a thread boundary
 * at a fraction of the cost of an array of objects. The long texts cross it as bytes in memory that
 * both threads see, and go into the file as they are: nobody copies or decodes them on the way.
 */
export interface AlertColumns {
  readonly uuid: string[];
  readonly shard: number[];
  readonly receivedAtMs: number[];
  /** `,3,7,`: lane ids between commas; empty for history only. */
  readonly lanes: string[];
  readonly rule: string[];
  readonly source: string[];
  readonly hostname: string[];
  readonly ingest: string[];
  /** All the alerts' JSON in UTF-8, one after the other. */
  readonly text: Uint8Array;
  /** Bytes of each in it. */
  readonly textBytes: number[];
}

export function columnsOf(alerts: readonly NewAlert[], texts = new Texts()): AlertColumns {
  const start = texts.usedBytes;
  const columns = emptyColumns();
  for (const alert of alerts) {
    columns.uuid.push(alert.uuid);
    columns.shard.push(severityOf(alert.priority));
    columns.receivedAtMs.push(alert.receivedAtMs);
    columns.lanes.push(lanesText(alert.lanes));
    columns.rule.push(alert.rule);
    columns.source.push(alert.source);
    columns.hostname.push(alert.hostname);
    columns.ingest.push(alert.ingest);
    columns.textBytes.push(texts.add(alert.json));
  }
  return { ...columns, text: texts.from(start) };
}

function emptyColumns(): Omit<AlertColumns, 'text'> {
  return {
    uuid: [],
    shard: [],
    receivedAtMs: [],
    lanes: [],
    rule: [],
    source: [],
    hostname: [],
    ingest: [],
    textBytes: [],
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
