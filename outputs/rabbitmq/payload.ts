import type { AMQPProperties } from '@cloudamqp/amqp-client';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { fillTokens } from '../../src/output/tokens.ts';
import type { RabbitSettings } from './settings.ts';

/** What is published of an alert. */
export interface RabbitMessage {
  /** Empty: that of every server, which leads to the queue of the routing key's name. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: AMQPProperties;
  /** The alert as it is in the queue, every digit kept. */
  readonly body: string;
}

/** What AMQP writes with one byte for its length. */
const SHORT_TEXT_MAX = 255;
/** To be written to disk by a queue that survives a restart. */
const PERSISTENT = 2;

export function messageOf(settings: RabbitSettings, { alert, json, key }: Delivery): RabbitMessage {
  const { queue, exchange = '', routingKey, contentType } = settings;
  return {
    exchange,
    routingKey: queue ?? fillTokens(routingKey, alert).slice(0, SHORT_TEXT_MAX),
    properties: {
      contentType,
      deliveryMode: PERSISTENT,
      messageId: key,
      // Consumers copy headers into lines of logs and of HTTP.
      headers: {
        'tocsin-rule': truncate(oneLine(alert.rule), SHORT_TEXT_MAX),
        'tocsin-priority': alert.priority,
      },
    },
    body: json,
  };
}
