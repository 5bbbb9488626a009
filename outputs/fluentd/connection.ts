import { randomBytes } from 'node:crypto';
import { converse, dialServer } from '../../src/output/conversation.ts';
import type { Connection, Delivery, SingleResult } from '../../src/output/define.ts';
import { unpacked, type Unpacked } from '../../src/output/msgpack/unpack.ts';
import type { Network } from '../../src/output/network.ts';
import { oneAtATime } from '../../src/output/one-at-a-time.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { foreign, shakeHands } from './handshake.ts';
import { chunksOf, forwardMessage } from './payload.ts';
import { type FluentdSettings, targetOf } from './settings.ts';

/** One connection, over which all attempts go, one at a time. */
export function openConnection(settings: FluentdSettings, network: Network): Connection {
  const target = targetOf(settings);
  const where = `${target.host}:${target.port}`;

  function readValue(data: Buffer): ReturnType<typeof unpacked> {
    try {
      return unpacked(data);
    } catch {
      throw foreign(where);
    }
  }

  async function open(signal: AbortSignal): Promise<Session> {
    const socket = await dialServer(network, { ...target, tls: !settings.plaintext }, signal);
    const conversation = converse(socket, where, readValue);
    const next = (): Promise<Unpacked> => conversation.next();
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
