import { retryError } from '../../src/output/http-error.ts';

/** What Redis answers to one command, as far as those that store something know it. */
export type Reply =
  | { readonly ok: true; readonly value: string | null }
  /** `code` is its first word: `WRONGTYPE`, `NOAUTH`, `ERR`. */
  | { readonly ok: false; readonly code: string; readonly message: string };

const LINE_BYTES_MAX = 64 * 1024;

/**
 * Reads the replies of RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/) from
 * what comes in pieces. Throws `HttpError` on what no command here is answered with.
 *
 * @param where Host and port, for the reader.
 */
export function createReplyReader(where: string): (chunk: Buffer) => Reply[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const replies: Reply[] = [];
    for (let next = readReply(rest, where); next !== undefined; next = readReply(rest, where)) {
      replies.push(next.reply);
      rest = rest.subarray(next.bytes);
    }
    return replies;
  };
}

interface Read {
  readonly reply: Reply;
  readonly bytes: number;
}

/** Undefined while it has not come whole. */
function readReply(data: Buffer, where: string): Read | undefined {
  if (data.length === 0) return undefined;
  const type = data.toString('latin1', 0, 1);
  const lineEnd = data.indexOf('\r\n');
  const isLong = (lineEnd < 0 ? data.length : lineEnd) > LINE_BYTES_MAX;
  if (!TYPES.has(type) || isLong) throw foreign(where);
  if (lineEnd < 0) return undefined;
  const line = data.toString('utf8', 1, lineEnd);
  const bytes = lineEnd + 2;
  if (type === '$') return readText(data, bytes, Number(line), where);
  if (type !== '-') return { reply: { ok: true, value: line }, bytes };
  const [code = ''] = line.split(' ', 1);
  return { reply: { ok: false, code, message: line }, bytes };
}

const TYPES: ReadonlySet<string> = new Set(['+', '-', ':', '$']);

function readText(data: Buffer, from: number, length: number, where: string): Read | undefined {
  if (length === -1) return { reply: { ok: true, value: null }, bytes: from };
  if (!(length >= 0 && length <= LINE_BYTES_MAX)) throw foreign(where);
  const bytes = from + length + 2;
  if (data.length < bytes) return undefined;
  return { reply: { ok: true, value: data.toString('utf8', from, from + length) }, bytes };
}

function foreign(where: string): Error {
  const detail = `${where}: what answers there is no Redis, or wants TLS`;
  return retryError('network', 'client', detail);
}
