import type { Socket } from 'node:net';
import { retryError } from '../../src/output/http-error.ts';
import type { Command } from './payload.ts';
import { createReplyReader, type Reply } from './replies.ts';

/** Speaks to one server over one socket. */
export interface Client {
  /** Sends commands in one go: one reply for each, in order. Rejects when the socket ends. */
  call(commands: readonly Command[]): Promise<Reply[]>;
}

interface Call {
  readonly replies: Reply[];
  readonly count: number;
  readonly done: PromiseWithResolvers<Reply[]>;
}

/** @param where Host and port, for the reader. */
export function createClient(socket: Socket, where: string): Client {
  const calls: Call[] = [];
  const read = createReplyReader(where);
  let end: Error | undefined;

  function fail(error: Error): void {
    end ??= error;
    for (const { done } of calls.splice(0)) done.reject(end);
    socket.destroy();
  }

  function take(reply: Reply): void {
    const [call] = calls;
    if (call === undefined) throw retryError('network', 'client', `${where}: it answers unasked`);
    call.replies.push(reply);
    if (call.replies.length < call.count) return;
    calls.shift();
    call.done.resolve(call.replies);
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk).forEach(take);
    } catch (error) {
      fail(error as Error);
    }
  });
  socket.on('error', fail);
  socket.on('close', () => fail(retryError('network', 'network', `${where}: it hung up`)));

  return {
    async call(commands) {
      if (end !== undefined) throw end;
      if (commands.length === 0) return [];
      const done = Promise.withResolvers<Reply[]>();
      calls.push({ replies: [], count: commands.length, done });
      socket.write(commands.map(encoded).join(''));
      return done.promise;
    },
  };
}

/** An array of texts, each with its length, so that no byte of an alert can end it. */
function encoded(command: Command): string {
  const texts = command.map((text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`);
  return `*${command.length}\r\n${texts.join('')}`;
}
