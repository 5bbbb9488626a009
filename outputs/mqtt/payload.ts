import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine } from '../../src/output/format.ts';
import { fillTokens } from '../../src/output/tokens.ts';
import type { MqttSettings } from './settings.ts';

/** What is published of an alert: as it is in the queue, every digit kept. */
export function publishPacket(
  { topic, qos, retain, version }: MqttSettings,
  { alert, json, key }: Delivery,
  messageId: number,
): IPublishPacket {
  return {
    cmd: 'publish',
    topic: fillTokens(topic, alert),
    payload: json,
    qos,
    retain,
    dup: false,
    ...(qos > 0 && { messageId }),
    ...(version === '5' && {
      properties: {
        payloadFormatIndicator: true,
        contentType: 'application/json',
        // Consumers copy properties into lines of logs and of HTTP.
        userProperties: {
          'tocsin-delivery-key': key,
          'tocsin-rule': oneLine(alert.rule),
          'tocsin-priority': alert.priority,
        },
      },
    }),
  };
}

/** What a connection begins with. Nothing of it outlives the connection, and it may be silent. */
export function connectPacket(settings: MqttSettings): IConnectPacket {
  const { version, clientId = '', username, password } = settings;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version === '5' ? 5 : 4,
    clean: true,
    clientId,
    keepalive: 0,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: Buffer.from(password) }),
  };
}
