import { foreignServer } from '../conversation.ts';
import type { Whole } from '../pieces.ts';

/** What Redis answers to one command, as far as those that store something know it. */
export type Reply =
  | { readonly ok: true; readonly value: string | null }
  /** `code` is its first word: `WRONGTYPE`, `NOAUTH`, `ERR`. */
  | { readonly ok: false; readonly code: string; readonly message: string };

const LINE_BYTES_MAX = 64 * 1024;

type Read = Whole<Reply>;

/**
 * Reads a reply of RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/); undefined
 * while it has not come whole. Throws `HttpError` on what no command here is answered with.
 *
 * @param where Host and port, for the reader.
 */
export function readReply(data: Buffer, where: string): Read | undefined {
  if (data.length === 0) return undefined;
  const type = data.toString('latin1', 0, 1);
  const lineEnd = data.indexOf('\r\n');
  const isLong = (lineEnd < 0 ? data.length : lineEnd) > LINE_BYTES_MAX;
  if (!TYPES.has(type) || isLong) throw foreign(where);
  if (lineEnd < 0) return undefined;
  const line = data.toString('utf8', 1, lineEnd);
  const bytes = lineEnd + 2;
  if (type === '$') return readText(data, bytes, Number(line), where);
  if (type !== '-') return { value: { ok: true, value: line }, bytes };
  const [code = ''] = line.split(' ', 1);
  return { value: { ok: false, code, message: line }, bytes };
}

const TYPES: ReadonlySet<string> = new Set(['+', '-', ':', '$']);

function readText(data: Buffer, from: number, length: number, where: string): Read | undefined {
  if (length === -1) return { value: { ok: true, value: null }, bytes: from };
  if (!(length >= 0 && length <= LINE_BYTES_MAX)) throw foreign(where);
  const bytes = from + length + 2;
  if (data.length < bytes) return undefined;
  return { value: { ok: true, value: data.toString('utf8', from, from + length) }, bytes };
}

function foreign(where: string): Error {
  return foreignServer(where, 'no Redis, or wants TLS');
}
