import type { AMQPChannel } from '@cloudamqp/amqp-client';
import { AmqpClient } from '../../src/output/amqp/client.ts';
import { dialServer } from '../../src/output/conversation.ts';
import type { Connection, Delivery, SingleResult } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { messageOf } from './payload.ts';
import { failureOf, unroutable } from './result.ts';
import { type RabbitSettings, targetOf } from './settings.ts';

/** One connection with one channel, over which all attempts go. */
export function openConnection(settings: RabbitSettings, network: Network): Connection {
  const target = targetOf(settings);
  const where = `${target.host}:${target.port}`;

  async function open(signal: AbortSignal): Promise<Session> {
    const socket = await dialServer(network, { ...target, tls: !settings.plaintext }, signal);
    const client = new AmqpClient(settings, socket, where);
    await client.connect();
    const channel = await client.channel();
    await channel.confirmSelect();
    const publish = publisher(settings, channel);
    return {
      isOpen: () => !client.closed && !channel.closed && !socket.destroyed,
      send: (deliveries) => Promise.all(deliveries.map(publish)),
    };
  }

  return keepSession({ open, resultOf: (error) => failureOf(error, where) });
}

/** A message that no queue takes comes back first, and is then confirmed like any other. */
function publisher(settings: RabbitSettings, channel: AMQPChannel) {
  const returned = new Map<string, SingleResult>();
  channel.onReturn = ({ properties, replyText = '', routingKey }) => {
    returned.set(properties.messageId ?? '', unroutable(routingKey, replyText));
  };
  return async (delivery: Delivery): Promise<SingleResult> => {
    const { exchange, routingKey, body, properties } = messageOf(settings, delivery);
    try {
      await channel.basicPublish(exchange, routingKey, body, properties, true);
    } catch (error) {
      if (error instanceof Error && error.message === NACK) return NOT_STORED;
      throw error;
    }
    const result = returned.get(delivery.key) ?? DELIVERED;
    returned.delete(delivery.key);
    return result;
  };
}

/** The library's word for it. */
const NACK = 'Message rejected';
const DELIVERED: SingleResult = { outcome: 'delivered' };
const NOT_STORED: SingleResult = {
  outcome: 'retry',
  reason: 'server',
  detail: 'the queue is full, or could not store it (basic.nack)',
};
