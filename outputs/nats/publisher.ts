import { randomUUID } from 'node:crypto';
import type { Delivery, SingleResult } from '../../src/output/define.ts';
import { HttpError } from '../../src/output/http-error.ts';
import type { Login } from './login.ts';
import { messageOf, type NatsMessage } from './payload.ts';
import { deniedSubjectIn, failureOf, resultOfAcknowledgement } from './result.ts';
import type { NatsSettings } from './settings.ts';
import { encodeMessage, type Operation, sizeOf } from './wire.ts';

/** Sends a batch: one result for each delivery, in order. Rejects when the connection ends. */
export type Publish = (deliveries: readonly Delivery[]) => Promise<SingleResult[]>;

/** Publishes over a connection that is logged in, until it ends. */
export function createPublisher(settings: NatsSettings, login: Login): Publish {
  const { socket, conversation, where, payloadBytesMax } = login;
  const isStored = settings.mode === 'jetstream';
  const inbox = `${settings.inboxPrefix}.${randomUUID()}`;
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

  return async (deliveries) => {
    const begun = deliveries.map((delivery) => begin(messageOf(settings, delivery)));
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
