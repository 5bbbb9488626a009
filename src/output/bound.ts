import type { Socket } from 'node:net';
import { retryError } from './http-error.ts';

/** No answer to anything a publisher says is nearly as long. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/**
 * Ends a connection over which more comes, between two things said to it, than an answer takes: the
 * libraries collect whatever a server announces.
 *
 * @param where Host and port, for the reader.
 */
export function boundAnswers<S extends Socket>(socket: S, where: string): S {
  const push = socket.push.bind(socket);
  let saidBytes = 0;
  let heardBytes = 0;
  // Nothing may reach a library that it cannot bear, so the check stands where data comes in.
  socket.push = (chunk: Buffer | null) => {
    if (socket.bytesWritten !== saidBytes) [saidBytes, heardBytes] = [socket.bytesWritten, 0];
    heardBytes += chunk?.length ?? 0;
    if (heardBytes <= ANSWER_BYTES_MAX) return push(chunk);
    const detail = `${where}: an answer without an end: is it the right server?`;
    socket.destroy(retryError('answer_too_large', 'client', detail));
    return false;
  };
  return socket;
}
