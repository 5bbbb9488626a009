import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { boundAnswers } from './bound.ts';
import type { Target } from './connect.ts';
import { type HttpError, retryError } from './http-error.ts';
import type { Network } from './network.ts';
import { inPieces, type ReadOne } from './pieces.ts';

/** Connections to servers that are asked and answer, in a protocol of their own. */

/** Connects. The signal ends the socket, and so does an answer without an end. */
export async function dialServer(
  network: Network,
  target: Target,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await network.dial({ ...target, signal });
  addAbortSignal(signal, boundAnswers(socket, `${target.host}:${target.port}`));
  return socket;
}

export interface Listener {
  /** Takes what has come. What it throws ends the socket. */
  readonly take: (chunk: Buffer) => void;
  /** The socket has ended, or was ended: told once. */
  readonly end: (error: Error) => void;
}

/**
 * Listens to a socket until it ends.
 *
 * @param where Host and port, for the reader.
 * @returns Stops it, and leaves the socket alone.
 */
export function listen(socket: Socket, where: string, { take, end }: Listener): () => void {
  let hasEnded = false;
  function fail(error: Error): void {
    if (!hasEnded) end(error);
    hasEnded = true;
    socket.destroy();
  }
  function onData(chunk: Buffer): void {
    try {
      take(chunk);
    } catch (error) {
      fail(error as Error);
    }
  }
  const onClose = (): void => fail(retryError('network', 'network', `${where}: it hung up`));
  socket.on('data', onData).on('error', fail).on('close', onClose);
  return () => socket.off('data', onData).off('close', onClose);
}

/** What a server says, one thing after the other. */
export interface Conversation<Said> {
  /** The next thing it says. Rejects when the connection ends. */
  next(): Promise<Said>;
  /** Leaves the socket to TLS. False: the server has said more already, which nobody may believe. */
  release(): boolean;
}

/**
 * @param where Host and port, for the reader.
 * @param isAnswered Whether there is no more to do about what was said: it is not told to anybody.
 */
export function converse<Said>(
  socket: Socket,
  where: string,
  readOne: ReadOne<Said>,
  isAnswered: (said: Said) => boolean = () => false,
): Conversation<Said> {
  const pieces = inPieces(readOne);
  const said: Said[] = [];
  let waiting: PromiseWithResolvers<Said> | undefined;
  let ended: Error | undefined;

  function settle(): void {
    if (waiting === undefined) return;
    if (said.length > 0) waiting.resolve(said.shift() as Said);
    else if (ended !== undefined) waiting.reject(ended);
    else return;
    waiting = undefined;
  }

  const stop = listen(socket, where, {
    take(chunk) {
      said.push(...pieces.read(chunk).filter((one) => !isAnswered(one)));
      settle();
    },
    end(error) {
      ended = error;
      settle();
    },
  });

  return {
    next() {
      waiting ??= Promise.withResolvers();
      const { promise } = waiting;
      settle();
      return promise;
    },
    release() {
      socket.pause();
      stop();
      return said.length === 0 && pieces.rest() === 0;
    },
  };
}

/** @param what Such as `no Redis, or wants TLS`. */
export function foreignServer(where: string, what: string): HttpError {
  return retryError('network', 'client', `${where}: what answers there is ${what}`);
}
