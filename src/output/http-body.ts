import type { Readable } from 'node:stream';
import { constants, createBrotliDecompress, createUnzip } from 'node:zlib';

export interface DecodedBody {
  readonly body: Buffer;
  /** Whether this is not the whole body. */
  readonly truncated: boolean;
}

/**
 * Undoes a `Content-Encoding` (RFC 9110, 8.4) until `bytesMax` bytes have come out, and no further:
 * a few kilobytes may stand for gigabytes. A body that is cut or broken gives what it gives.
 */
export async function decodeBody(
  encoding: string,
  body: Buffer,
  bytesMax: number,
): Promise<DecodedBody> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return { body, truncated: false };
  const open = DECODERS[name];
  if (open === undefined) return { body: Buffer.alloc(0), truncated: true };
  const decoder = open();
  decoder.end(body);
  return firstBytes(decoder, bytesMax);
}

type Decoder = Readable & { end(body: Buffer): unknown };

// A flush at the end makes a cut body give all it holds instead of an error.
const unzip = (): Decoder => createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
const DECODERS: Readonly<Record<string, () => Decoder>> = {
  gzip: unzip,
  'x-gzip': unzip,
  deflate: unzip,
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

async function firstBytes(decoder: Readable, bytesMax: number): Promise<DecodedBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let whole = true;
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop destroys the decoder.
      if (bytes > bytesMax) break;
    }
  } catch {
    whole = false;
  }
  const all = Buffer.concat(chunks);
  return { body: all.subarray(0, bytesMax), truncated: !whole || all.length > bytesMax };
}
