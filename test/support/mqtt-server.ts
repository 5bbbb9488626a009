import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  parser as createParser,
} from 'mqtt-packet';

/**
 * An MQTT broker that acknowledges what is published, and misbehaves on demand. What a real one does
 * is tried in `test/real/mqtt.test.ts`.
 */
export interface MqttPeer {
  readonly serve: (socket: Socket) => void;
  /** The payload of every message that was acknowledged, oldest first. */
  readonly taken: string[];
  readonly messages: IPublishPacket[];
  readonly connects: IConnectPacket[];
  /** Called when alerts have come; true: they are kept, and not answered. */
  onAlerts: () => boolean;
  /** What it answers to a login. */
  connack: Omit<IConnackPacket, 'cmd' | 'sessionPresent'>;
  /** The reason code of an acknowledgement, or of the end. */
  answer: (message: IPublishPacket) => number | { readonly disconnect: number };
  /** Messages it waits to release at most, so far. */
  mostAtOnce: number;
}

export function createMqtt(): MqttPeer {
  const broker: MqttPeer = {
    serve,
    taken: [],
    messages: [],
    connects: [],
    onAlerts: () => false,
    connack: {},
    answer: () => 0,
    mostAtOnce: 0,
  };

  function serve(socket: Socket): void {
    const parser = createParser();
    let protocolVersion = 4;
    let atOnce = 0;
    const held = new Map<number, string>();
    parser.on('packet', take);
    socket.on('data', (chunk: Buffer) => parser.parse(chunk));

    function say(packet: Packet): void {
      socket.write(generate(packet, { protocolVersion }));
    }

    function take(packet: Packet): void {
      if (packet.cmd === 'connect') return logIn(packet);
      if (packet.cmd === 'publish') return publish(packet);
      if (packet.cmd === 'pingreq') return say({ cmd: 'pingresp' });
      if (packet.cmd === 'pubrel') return release(packet.messageId ?? 0);
      assert.equal(packet.cmd, 'disconnect');
    }

    function logIn(packet: IConnectPacket): void {
      broker.connects.push(packet);
      protocolVersion = packet.protocolVersion ?? 4;
      const { reasonCode = 0, returnCode = 0, ...rest } = broker.connack;
      const codes = protocolVersion === 5 ? { reasonCode } : { returnCode };
      say({ cmd: 'connack', sessionPresent: false, ...codes, ...rest });
    }

    function publish(packet: IPublishPacket): void {
      broker.messages.push(packet);
      atOnce += 1;
      broker.mostAtOnce = Math.max(broker.mostAtOnce, atOnce);
      if (broker.onAlerts()) return;
      // Not at once, so that the next ones have time to come.
      setImmediate(() => settle(packet));
    }

    function settle(packet: IPublishPacket): void {
      atOnce -= 1;
      const { messageId = 0, qos } = packet;
      const answer = broker.answer(packet);
      if (typeof answer === 'object') {
        return say({ cmd: 'disconnect', reasonCode: answer.disconnect });
      }
      if (answer < 0x80 && qos === 2) held.set(messageId, packet.payload.toString());
      else if (answer < 0x80) broker.taken.push(packet.payload.toString());
      if (qos > 0) say({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId, reasonCode: answer });
    }

    function release(messageId: number): void {
      const payload = held.get(messageId);
      assert.ok(payload !== undefined, 'what is released was published');
      held.delete(messageId);
      broker.taken.push(payload);
      say({ cmd: 'pubcomp', messageId });
    }
  }

  return broker;
}
