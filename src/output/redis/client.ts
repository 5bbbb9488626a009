import type { Socket } from 'node:net';
import { listen } from '../conversation.ts';
import { retryError } from '../http-error.ts';
import { inPieces } from '../pieces.ts';
import { readReply, type Reply } from './replies.ts';

/** A command with its arguments, to which there is one reply. */
export type Command = readonly string[];

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
  const pieces = inPieces((data) => readReply(data, where));
  let ended: Error | undefined;

  function take(reply: Reply): void {
    const [call] = calls;
    if (call === undefined) throw retryError('network', 'client', `${where}: it answers unasked`);
    call.replies.push(reply);
    if (call.replies.length < call.count) return;
    calls.shift();
    call.done.resolve(call.replies);
  }

  listen(socket, where, {
    take: (chunk) => pieces.read(chunk).forEach(take),
    end(error) {
      ended = error;
      for (const { done } of calls.splice(0)) done.reject(error);
    },
  });

  return {
    async call(commands) {
      if (ended !== undefined) throw ended;
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
