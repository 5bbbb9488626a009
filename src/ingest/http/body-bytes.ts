import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { isRefusal, type Refusal } from './answer.ts';

/** The memory that all bodies being taken in share. */
export interface BodyMemory {
  /** The largest body, on the wire and inflated. */
  bytesMax: number;
  heldBytes: number;
}

/** What one body holds of it. */
export interface BodyLease {
  readonly memory: BodyMemory;
  /** The largest body of this route; undefined: of any. */
  readonly bytesMax?: number | undefined;
  heldBytes: number;
}

/**
 * Alerts are about a kilobyte. Bodies up to this size count for nothing and are always taken, so
 * that a few senders with huge bodies cannot keep the many with small ones out.
 */
const SMALL_BYTES = 16 * 1024;
/** Larger bodies hold together as much as this many of the largest. */
const LARGEST_AT_ONCE = 8;
/** A body may inflate to this many times its size, or to `INFLATED_FREE_BYTES`. */
const INFLATE_RATIO_MAX = 100;
const INFLATED_FREE_BYTES = 64 * 1024;

/**
 * Reads a request's body to its end and undoes its `Content-Encoding`, in bounded memory. Call
 * `release` when the body is dealt with, however that went. Rejects when the sender goes away.
 */
export function readBodyBytes(
  request: IncomingMessage,
  response: ServerResponse,
  lease: BodyLease,
): Promise<Buffer | Refusal> {
  const bytesMax = largest(lease);
  const decode = DECODERS.get((request.headers['content-encoding'] ?? '').trim().toLowerCase());
  if (decode === undefined) return Promise.resolve(UNKNOWN_ENCODING);
  if (Number(request.headers['content-length']) > bytesMax) {
    return Promise.resolve(tooLarge(bytesMax));
  }
  // Only now: who is refused before this line need not send the body (RFC 9110, 10.1.1).
  if (request.headers.expect !== undefined && request.httpVersion !== '1.0') {
    response.writeContinue();
  }
  const body = readAll(request, lease);
  return decode === 'none' ? body : inflateBody(body, decode, lease);
}

function largest({ memory, bytesMax }: BodyLease): number {
  return bytesMax ?? memory.bytesMax;
}

export function release({ memory, heldBytes }: BodyLease): void {
  memory.heldBytes -= heldBytes;
}

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decode | 'none'> = new Map([
  ['', 'none'],
  ['identity', 'none'],
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
] as [string, Decode | 'none'][]);

const UNKNOWN_ENCODING: Refusal = {
  status: 415,
  code: 'encoding_unknown',
  message: 'The Content-Encoding is not known: send gzip, deflate, br or none.',
  headers: { 'accept-encoding': 'gzip, deflate, br' },
};

const ENCODING_CORRUPT: Refusal = {
  status: 400,
  code: 'encoding_corrupt',
  message: 'The body is not what its Content-Encoding says, or is cut short.',
};

const BUSY: Refusal = {
  status: 503,
  code: 'busy',
  message: 'Too many large bodies at once: send it again later, or in parts.',
  headers: { 'retry-after': '1' },
};

function tooLarge(bytesMax: number): Refusal {
  return {
    status: 413,
    code: 'body_too_large',
    message: `The body is larger than ${bytesMax} bytes: send it in parts.`,
  };
}

function readAll(request: IncomingMessage, lease: BodyLease): Promise<Buffer | Refusal> {
  const bytesMax = largest(lease);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;

    function onData(chunk: Buffer): void {
      length += chunk.length;
      chunks.push(chunk);
      if (length > bytesMax) giveUp(tooLarge(bytesMax));
      else if (length > SMALL_BYTES && !holdUpTo(lease, length)) giveUp(BUSY);
    }

    /** What still comes is read and dropped, so that the sender gets to read the answer. */
    function giveUp(refusal: Refusal): void {
      request.off('data', onData).resume();
      chunks.length = 0;
      resolve(refusal);
    }

    request.on('data', onData);
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Off the event loop, and never beyond the bounds: a bomb ends when it reaches them. */
async function inflateBody(
  body: Promise<Buffer | Refusal>,
  decode: Decode,
  lease: BodyLease,
): Promise<Buffer | Refusal> {
  const bytes = await body;
  if (isRefusal(bytes)) return bytes;
  const byRatio = Math.max(INFLATED_FREE_BYTES, bytes.length * INFLATE_RATIO_MAX);
  const maxOutputLength = Math.min(largest(lease), byRatio);
  if (maxOutputLength > INFLATED_FREE_BYTES && !holdUpTo(lease, bytes.length + maxOutputLength)) {
    return BUSY;
  }
  try {
    return await decode(bytes, { maxOutputLength });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE' ? inflatesTooFar(maxOutputLength) : ENCODING_CORRUPT;
  }
}

function inflatesTooFar(bytesMax: number): Refusal {
  return {
    status: 413,
    code: 'body_too_large',
    message: `The body inflates to more than ${bytesMax} bytes: send it in parts.`,
  };
}

/** Whether there is memory for the body to hold so much. */
function holdUpTo(lease: BodyLease, bytes: number): boolean {
  const { memory } = lease;
  const others = memory.heldBytes - lease.heldBytes;
  // A route may take larger bodies than all others do: one at a time, if need be.
  if (others > 0 && others + bytes > memory.bytesMax * LARGEST_AT_ONCE) return false;
  memory.heldBytes = others + bytes;
  lease.heldBytes = bytes;
  return true;
}
