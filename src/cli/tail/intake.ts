import { readFalcoLine, unescapeFalcoLine } from '../../ingest/agents/falco-line.ts';
import { Assembler, type LostLine, type WholeLine } from '../../ingest/lines/assemble.ts';
import { LineStream } from '../../ingest/lines/stream.ts';
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
  readonly #lines = new LineStream(LINE_BYTES_MAX);
  #line = 0;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /** The alerts of the lines that end with these bytes. */
  add(chunk: Buffer): Document[] {
    return this.#lines.add(chunk).flatMap((line) => this.#take(line));
  }

  /** The alerts of what is left when the stream ends. */
  end(): Document[] {
    const last = this.#lines.end().flatMap((line) => this.#take(line));
    return [...last, ...this.#assembler.giveUp().flatMap((line) => this.#read(line))];
  }

  #take(bytes: Buffer | 'too_long'): Document[] {
    this.#line += 1;
    if (bytes === 'too_long') return this.#read(bytes);
    const nowMs = this.#deps.nowMs();
    const line = this.#assembler.add(unwrapLine(bytes.toString(), nowMs), this.#line, nowMs);
    const given = this.#assembler.giveUp(nowMs);
    return [...given, ...(line === undefined ? [] : [line])].flatMap((one) => this.#read(one));
  }

  #read(line: WholeLine | LostLine): Document[] {
    if (typeof line === 'string') {
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
