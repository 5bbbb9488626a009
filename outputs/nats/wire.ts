import { retryError } from '../../src/output/http-error.ts';
import type { NatsMessage } from './payload.ts';

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

export interface Reader {
  /** What is whole now that this has come. Throws `HttpError` on what no server sends. */
  read(chunk: Buffer): Operation[];
  /** Bytes of what has not come whole. */
  rest(): number;
}

/** Reads what comes in pieces. */
export function createReader(where: string): Reader {
  let rest: Buffer = Buffer.alloc(0);
  return {
    read(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const operations: Operation[] = [];
      for (let next = readOne(rest, where); next !== undefined; next = readOne(rest, where)) {
        operations.push(next.operation);
        rest = rest.subarray(next.bytes);
      }
      return operations;
    },
    rest: () => rest.length,
  };
}

interface Read {
  readonly operation: Operation;
  readonly bytes: number;
}

/** Undefined while it has not come whole. */
function readOne(data: Buffer, where: string): Read | undefined {
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
  INFO: (words, _, bytes) => ({ operation: { name: 'INFO', text: words.join(' ') }, bytes }),
  '-ERR': (words, _, bytes) => {
    const text = words.join(' ').replaceAll(/^'|'$/g, '');
    return { operation: { name: 'ERR', text }, bytes };
  },
  '+OK': (_words, _, bytes) => ({ operation: { name: 'OK' }, bytes }),
  PING: (_words, _, bytes) => ({ operation: { name: 'PING' }, bytes }),
  PONG: (_words, _, bytes) => ({ operation: { name: 'PONG' }, bytes }),
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
  return { operation: { name: 'MSG', subject, status: status || 0, data }, bytes };
}

function foreign(where: string): Error {
  const detail = `${where}: what answers there is no NATS server, or wants TLS first`;
  return retryError('network', 'client', detail);
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
