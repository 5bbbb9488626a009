import { readFalcoLine, unescapeFalcoLine } from '../../ingest/agents/falco-line.ts';
import { Assembler, type WholeLine } from '../../ingest/lines/assemble.ts';
import { splitLines } from '../../ingest/lines/split.ts';
import { unwrapLine } from '../../ingest/lines/unwrap.ts';
import { uuidV7 } from '../../ingest/normalise/uuid.ts';
import type { Document } from '../documents.ts';
import type { Rejection } from '../post.ts';

/** The longest line, as the hub takes single alerts. */
const LINE_BYTES_MAX = 1024 * 1024;

export interface IntakeDeps {
  /** Of lines that do not say on which host they were written. */
  readonly hostname: string;
  readonly nowMs: () => number;
  readonly onRejection: (rejection: Rejection) => void;
  /** A line that is no alert, as Falco writes some when it starts. */
  readonly onIgnored: () => void;
}

/** Makes alerts of the lines of a stream, whatever wraps them. Holds one line at most. */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #assembler = new Assembler({ charsMax: LINE_BYTES_MAX });
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isSkipping = false;
  #line = 0;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /** The alerts of the lines that end with these bytes. */
  add(chunk: Buffer): Document[] {
    const { lines, endedBytes } = splitLines(chunk, 0);
    const documents = lines.flatMap(({ bytes }) => this.#end(bytes));
    this.#hold(chunk.subarray(endedBytes));
    return documents;
  }

  /** The alerts of what is left when the stream ends. */
  end(): Document[] {
    const last = this.#heldBytes > 0 || this.#isSkipping ? this.#end(Buffer.alloc(0)) : [];
    return [...last, ...this.#assembler.giveUp().flatMap((line) => this.#read(line))];
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0 || this.#isSkipping) return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= LINE_BYTES_MAX) return;
    this.#isSkipping = true;
    this.#held = [];
  }

  #end(bytes: Buffer): Document[] {
    this.#line += 1;
    const isTooLong = this.#isSkipping || this.#heldBytes + bytes.length > LINE_BYTES_MAX;
    const text = isTooLong ? '' : Buffer.concat([...this.#held, bytes]).toString();
    this.#held = [];
    this.#heldBytes = 0;
    this.#isSkipping = false;
    if (isTooLong) return this.#read('too_long');
    const nowMs = this.#deps.nowMs();
    const line = this.#assembler.add(unwrapLine(text, nowMs), this.#line, nowMs);
    const given = this.#assembler.giveUp(nowMs);
    return [...given, ...(line === undefined ? [] : [line])].flatMap((one) => this.#read(one));
  }

  #read(line: WholeLine | 'too_long'): Document[] {
    if (line === 'too_long') {
      const message = `A line has more than ${LINE_BYTES_MAX} bytes.`;
      this.#deps.onRejection({ place: `line ${this.#line}`, code: 'line_too_long', message });
      return [];
    }
    const text = line.text.trim();
    if (text === '') return [];
    const json = /^[{[]/.test(text) ? this.#named(text) : this.#alertOf(text, line);
    if (json === undefined) this.#deps.onIgnored();
    return json === undefined ? [] : [{ json: Buffer.from(json), place: `line ${line.startsAt}` }];
  }

  /**
   * With a uuid, so that the hub knows an alert again whose answer was lost. In front, since the
   * last of several members of one name counts: a uuid of the sender's own stays.
   */
  #named(text: string): string {
    const isFalco = text.startsWith('{"') && text.includes('"rule":');
    return isFalco ? `{"uuid":"${uuidV7(this.#deps.nowMs())}",${text.slice(1)}` : text;
  }

  /** A line of text has a clock without a date: it is completed here, not when the hub is back. */
  #alertOf(text: string, { hostname, writtenAtMs }: WholeLine): string | undefined {
    const nowMs = this.#deps.nowMs();
    const document = readFalcoLine(unescapeFalcoLine(text), writtenAtMs ?? nowMs);
    if (document === undefined) return undefined;
    const host = hostname === '' ? this.#deps.hostname : hostname;
    const time = new Date(writtenAtMs ?? nowMs).toISOString();
    return JSON.stringify({
      uuid: uuidV7(nowMs),
      hostname: host,
      ...document,
      time: document['time'] ?? time,
    });
  }
}
