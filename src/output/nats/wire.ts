import { foreignServer } from '../conversation.ts';
import type { Whole } from '../pieces.ts';

/**
 * The protocol of NATS clients, as far as a publisher speaks it: lines, and after some of them data.
 *
 * @see https://docs.nats.io/reference/reference-protocols/nats-protocol
 */

export type Operation =
  | { readonly name: 'INFO'; readonly text: string }
  | { readonly name: 'ERR'; readonly text: string }
  | { readonly name: 'PING' | 'PONG' | 'OK' }
  /** `status` is that of its headers, such as 503 where nobody listens; 0 without one. */
  | {
      readonly name: 'MSG';
      readonly subject: string;
      readonly status: number;
      readonly data: string;
    };

/** The servers of a large cluster make a long INFO. */
const LINE_BYTES_MAX = 256 * 1024;
/** A stream's acknowledgement has far less. */
const DATA_BYTES_MAX = 64 * 1024;

type Read = Whole<Operation>;

/** The first; undefined while it has not come whole. Throws `HttpError` on what no server sends. */
export function readOperation(data: Buffer, where: string): Read | undefined {
  const lineEnd = data.indexOf('\r\n');
  const lineBytes = lineEnd < 0 ? data.length : lineEnd;
  const begun = data.toString('latin1', 0, Math.min(lineBytes, 4)).toUpperCase().trim();
  if (lineBytes > LINE_BYTES_MAX || !BEGINNINGS.some((known) => known.startsWith(begun))) {
    throw foreign(where);
  }
  if (lineEnd < 0) return undefined;
  const [name = '', ...words] = data.toString('utf8', 0, lineEnd).split(' ');
  const read = READERS[name.toUpperCase()];
  if (read === undefined) throw foreign(where);
  return read(words, data, lineEnd + 2, where);
}

type ReadRest = (words: string[], data: Buffer, from: number, where: string) => Read | undefined;

const READERS: Readonly<Record<string, ReadRest>> = {
  INFO: (words, _, bytes) => ({ value: { name: 'INFO', text: words.join(' ') }, bytes }),
  '-ERR': (words, _, bytes) => {
    const text = words.join(' ').replaceAll(/^'|'$/g, '');
    return { value: { name: 'ERR', text }, bytes };
  },
  '+OK': (_words, _, bytes) => ({ value: { name: 'OK' }, bytes }),
  PING: (_words, _, bytes) => ({ value: { name: 'PING' }, bytes }),
  PONG: (_words, _, bytes) => ({ value: { name: 'PONG' }, bytes }),
  MSG: (words, ...rest) => readData(words, [0, Number(words.at(-1))], ...rest),
  HMSG: (words, ...rest) => readData(words, [Number(words.at(-2)), Number(words.at(-1))], ...rest),
};

/** As much of each as tells it apart: a line may not have come whole. */
const BEGINNINGS = ['INFO', '-ERR', 'PING', 'PONG', '+OK', 'MSG ', 'HMSG'];

type Lengths = readonly [headers: number, total: number];

function readData(
  [subject = '']: readonly string[],
  [headers, total]: Lengths,
  all: Buffer,
  from: number,
  where: string,
): Read | undefined {
  if (!(headers >= 0 && total >= headers && total <= DATA_BYTES_MAX)) throw foreign(where);
  const bytes = from + total + 2;
  if (all.length < bytes) return undefined;
  const status = Number(/^NATS\/1\.0 (\d{3})/.exec(all.toString('latin1', from, from + 12))?.[1]);
  const data = all.toString('utf8', from + headers, from + total);
  return { value: { name: 'MSG', subject, status: status || 0, data }, bytes };
}

function foreign(where: string): Error {
  return foreignServer(where, 'no NATS server, or wants TLS first');
}

/** What is published. */
export interface NatsMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string;
}

/** A message as it goes over the wire. `reply` is where its acknowledgement shall come to. */
export function encodeMessage({ subject, headers, data }: NatsMessage, reply: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `NATS/1.0\r\n${lines.join('')}\r\n`;
  const headBytes = Buffer.byteLength(head);
  const target = reply === '' ? subject : `${subject} ${reply}`;
  return `HPUB ${target} ${headBytes} ${headBytes + Buffer.byteLength(data)}\r\n${head}${data}\r\n`;
}

/** How much of the server's limit a message takes. */
export function sizeOf({ headers, data }: NatsMessage): number {
  const lines = Object.entries(headers).map(([name, value]) => name.length + value.length + 4);
  return lines.reduce((sum, length) => sum + length, 12) + Buffer.byteLength(data);
}
