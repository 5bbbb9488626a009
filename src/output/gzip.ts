import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Compressed; the same text gives the same bytes. */
export async function gzipped(text: string): Promise<Buffer> {
  return compress(text);
}

/** A body and the headers that go with it, compressed if asked for. */
export async function encodedBody(
  text: string,
  isCompressed: boolean,
): Promise<{ readonly body: string | Buffer; readonly headers: Record<string, string> }> {
  if (!isCompressed) return { body: text, headers: {} };
  return { body: await gzipped(text), headers: { 'content-encoding': 'gzip' } };
}
