import type { Socket } from 'node:net';
import { retryError } from '../../src/output/http-error.ts';
import { createReader, type Operation } from './wire.ts';

/** What a server says, one thing after the other. */
export interface Conversation {
  /** The next thing it says; its pings are answered by the way. Rejects when the connection ends. */
  next(): Promise<Operation>;
  /** Leaves the socket to TLS. False: the server has said more already, which nobody may believe. */
  release(): boolean;
}

/** @param where Host and port, for the reader. */
export function converse(socket: Socket, where: string): Conversation {
  const reader = createReader(where);
  const said: Operation[] = [];
  let waiting: PromiseWithResolvers<Operation> | undefined;
  let end: Error | undefined;

  function take(operation: Operation): void {
    if (operation.name === 'PING') return void socket.write('PONG\r\n');
    if (operation.name === 'OK') return;
    if (waiting === undefined) return void said.push(operation);
    waiting.resolve(operation);
    waiting = undefined;
  }

  function fail(error: Error): void {
    end ??= error;
    waiting?.reject(end);
    waiting = undefined;
    socket.destroy();
  }

  function onData(chunk: Buffer): void {
    try {
      reader.read(chunk).forEach(take);
    } catch (error) {
      fail(error as Error);
    }
  }

  const onClose = (): void => fail(retryError('network', 'network', `${where}: it hung up`));
  socket.on('data', onData).on('error', fail).on('close', onClose);

  return {
    next() {
      const first = said.shift();
      if (first !== undefined) return Promise.resolve(first);
      if (end !== undefined) return Promise.reject(end);
      waiting ??= Promise.withResolvers();
      return waiting.promise;
    },
    release() {
      socket.pause();
      socket.off('data', onData).off('close', onClose);
      return said.length === 0 && reader.rest() === 0;
    },
  };
}
