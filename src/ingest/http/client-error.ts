import type { Socket } from 'node:net';
import { type Refusal, refusalBody } from './answer.ts';
import { connectionOf } from './connection.ts';

/**
 * Ends a connection on which no request can be understood any more, with an answer where one can
 * still be told apart from other answers. Returns what was answered.
 */
export function endBadConnection(
  error: NodeJS.ErrnoException,
  socket: Socket,
): Refusal | undefined {
  const refusal = refusalFor(error.code);
  const answers = refusal !== undefined && mayAnswer(socket);
  if (answers) socket.write(rawAnswer(refusal));
  // Not `end`: a sender that never closes its side must not hold the socket.
  socket.destroySoon();
  return answers ? refusal : undefined;
}

/** Whether there is a request that went wrong, and an answer written now belongs to it. */
function mayAnswer(socket: Socket): boolean {
  const { response } = connectionOf(socket);
  if (!socket.writable || socket.bytesRead === 0) return false;
  if (response === undefined) return true;
  return response.req.complete ? response.writableFinished : !response.headersSent;
}

function refusalFor(code = ''): Refusal | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  return BY_CODE.get(code) ?? BAD_REQUEST;
}

const BAD_REQUEST: Refusal = {
  status: 400,
  code: 'bad_request',
  message: 'This is not HTTP/1.1, or the body is not as long as its headers say.',
};

/** Codes of Node's `clientError`. */
const BY_CODE: ReadonlyMap<string, Refusal> = new Map([
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: 408, code: 'request_timeout', message: 'The request did not arrive in time.' },
  ],
  [
    'HPE_HEADER_OVERFLOW',
    { status: 431, code: 'headers_too_large', message: 'The headers are larger than 16 KiB.' },
  ],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    { status: 413, code: 'body_too_large', message: 'The chunk extensions are too large.' },
  ],
]);

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

function rawAnswer(refusal: Refusal): string {
  const body = refusalBody(refusal);
  return [
    `HTTP/1.1 ${refusal.status} ${REASONS[refusal.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body.toString(),
  ].join('\r\n');
}
