import { randomUUID } from 'node:crypto';
import type { SingleResult } from '../define.ts';
import { HttpError } from '../http-error.ts';
import type { Login } from './login.ts';
import { deniedSubjectIn, failureOf, resultOfAcknowledgement } from './result.ts';
import { encodeMessage, type NatsMessage, type Operation, sizeOf } from './wire.ts';

/** Sends a batch: one result for each message, in order. Rejects when the connection ends. */
export type Publish = (messages: readonly NatsMessage[]) => Promise<SingleResult[]>;

export interface PublishOptions {
  /** jetstream: a message is delivered when a stream has it. core: when the server has. */
  readonly mode: 'jetstream' | 'core';
  /** Beginning of the subject that acknowledgements come to. */
  readonly inboxPrefix: string;
}

/** Publishes over a connection that is logged in, until it ends. */
export function createPublisher(
  { mode, inboxPrefix }: PublishOptions,
  { socket, conversation, where, payloadBytesMax }: Login,
): Publish {
  const isStored = mode === 'jetstream';
  const inbox = `${inboxPrefix}.${randomUUID()}`;
  const waiting = createWaiting(inbox);
  /** In mode core: what each PONG acknowledges, oldest first. */
  const rounds: (readonly string[])[] = [];

  function take(said: Operation): void {
    if (said.name === 'MSG') {
      waiting.settle(said.subject, (subject) => resultOfAcknowledgement(said, subject));
    } else if (said.name === 'PONG') {
      rounds.shift()?.forEach((reply) => waiting.settle(reply, () => DELIVERED));
    } else if (said.name === 'ERR') {
      // It is about one subject, or the last word before the end.
      const failure = failureOf(said.text, where);
      const denied = deniedSubjectIn(said.text);
      if (denied === undefined) throw new HttpError('network', failure);
      waiting.refuse(denied, failure);
    }
  }

  async function listen(): Promise<void> {
    try {
      for (;;) take(await conversation.next());
    } catch (error) {
      socket.destroy();
      waiting.fail(error as Error);
    }
  }

  /** What goes over the wire of a message, and the result that will come. */
  function begin(message: NatsMessage) {
    const size = sizeOf(message);
    if (size > payloadBytesMax) {
      return { bytes: '', reply: '', result: tooLarge(where, size, payloadBytesMax) };
    }
    const { reply, result } = waiting.add(message.subject);
    return { bytes: encodeMessage(message, isStored ? reply : ''), reply, result };
  }

  if (isStored) socket.write(`SUB ${inbox}.* 1\r\n`);
  void listen();

  return async (messages) => {
    const begun = messages.map(begin);
    if (!isStored) rounds.push(begun.map(({ reply }) => reply));
    socket.write(begun.map(({ bytes }) => bytes).join('') + (isStored ? '' : 'PING\r\n'));
    return Promise.all(begun.map(({ result }) => result));
  };
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

function tooLarge(where: string, size: number, bytesMax: number): Promise<SingleResult> {
  const detail = `${where}: ${size} bytes, and its max_payload is ${bytesMax}`;
  return Promise.resolve({ outcome: 'reject', reason: 'payload', detail });
}

/** Messages that wait for their acknowledgements, by the subject these come to. */
function createWaiting(inbox: string) {
  const all = new Map<string, { subject: string; done: PromiseWithResolvers<SingleResult> }>();
  let count = 0;
  let end: Error | undefined;

  function settle(reply: string, resultOf: (subject: string) => SingleResult): void {
    const one = all.get(reply);
    one?.done.resolve(resultOf(one.subject));
    all.delete(reply);
  }

  return {
    settle,
    add(subject: string) {
      if (end !== undefined) throw end;
      count += 1;
      const reply = `${inbox}.${count}`;
      const done = Promise.withResolvers<SingleResult>();
      all.set(reply, { subject, done });
      return { reply, result: done.promise };
    },
    /** Settles those with this subject. */
    refuse(denied: string, failure: SingleResult): void {
      for (const [reply, { subject }] of all) {
        if (subject === denied) settle(reply, () => failure);
      }
    },
    fail(error: Error): void {
      end = error;
      for (const { done } of all.values()) done.reject(error);
    },
  };
}
