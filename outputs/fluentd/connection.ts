import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { boundAnswers } from '../../src/output/bound.ts';
import type { Connection, Delivery, SingleResult } from '../../src/output/define.ts';
import { retryError } from '../../src/output/http-error.ts';
import type { Network } from '../../src/output/network.ts';
import { oneAtATime } from '../../src/output/one-at-a-time.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { foreign, shakeHands } from './handshake.ts';
import { chunksOf, forwardMessage } from './payload.ts';
import { type FluentdSettings, targetOf } from './settings.ts';
import { type Unpacked, unpacked } from './unpack.ts';

/** One connection, over which all attempts go, one at a time. */
export function openConnection(settings: FluentdSettings, network: Network): Connection {
  const target = targetOf(settings);
  const where = `${target.host}:${target.port}`;

  async function open(signal: AbortSignal): Promise<Session> {
    const socket = await network.dial({ ...target, tls: !settings.plaintext, signal });
    addAbortSignal(signal, boundAnswers(socket, where));
    const next = readerOf(socket, where);
    const write = (bytes: Buffer): void => void socket.write(bytes);
    if (settings.sharedKey !== undefined) await shakeHands(settings, { next, write }, where);
    const inTurn = oneAtATime();

    async function forward(deliveries: readonly Delivery[]): Promise<SingleResult[]> {
      for (const { tag, deliveries: some } of chunksOf(deliveries, settings)) {
        const chunk = randomBytes(16).toString('base64');
        write(forwardMessage(tag, some, chunk));
        const answer = await next();
        if (!(answer instanceof Map) || answer.get('ack') !== chunk) throw foreign(where);
      }
      return deliveries.map(() => DELIVERED);
    }

    return {
      isOpen: () => !socket.destroyed && !socket.readableEnded,
      send: (deliveries) => inTurn(signal, () => forward(deliveries)),
    };
  }

  return keepSession({ open });
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

/** Gives what the server says, one value after the other; rejects when the connection ends. */
function readerOf(socket: Socket, where: string): () => Promise<Unpacked> {
  const values: Unpacked[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let end: Error | undefined;
  let waiting: PromiseWithResolvers<Unpacked> | undefined;

  function settle(): void {
    if (values.length > 0) waiting?.resolve(values.shift() as Unpacked);
    else if (end !== undefined) waiting?.reject(end);
    else return;
    waiting = undefined;
  }

  function fail(error: Error): void {
    end ??= error;
    socket.destroy();
    settle();
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      rest = Buffer.concat([rest, chunk]);
      for (let found = unpacked(rest); found !== undefined; found = unpacked(rest)) {
        values.push(found.value);
        rest = rest.subarray(found.end);
        // Nothing comes that was not asked for, but for the server's first word.
        if (values.length > VALUES_MAX) throw foreign(where);
      }
      if (waiting !== undefined) settle();
    } catch {
      fail(foreign(where));
    }
  });
  socket.on('error', fail);
  socket.on('close', () => fail(retryError('network', 'network', `${where}: it hung up`)));

  return () => {
    waiting = Promise.withResolvers<Unpacked>();
    const { promise } = waiting;
    settle();
    return promise;
  };
}

const VALUES_MAX = 4;
