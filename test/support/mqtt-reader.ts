import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { generate, type Packet, parser as createParser } from 'mqtt-packet';

/** A subscriber that comes back, and whom the broker keeps messages for meanwhile. */
export interface MqttReader {
  /** The payload of everything that came, oldest first. */
  readonly heard: string[];
}

interface Login {
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

const AGAIN_MS = 100;

/** Resolves when it has subscribed. */
export async function mqttReader(
  t: TestContext,
  topic: string,
  { address, username, password }: Login,
): Promise<MqttReader> {
  const [host = '', port] = address.split(':');
  const heard: string[] = [];
  const subscribed = Promise.withResolvers<void>();
  let current: Socket | undefined;
  let isOver = false;

  function take(packet: Packet, say: (packet: Packet) => void): void {
    if (packet.cmd === 'connack') {
      say({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 1 }] });
    }
    if (packet.cmd === 'suback') subscribed.resolve();
    if (packet.cmd !== 'publish') return;
    heard.push(packet.payload.toString());
    if (packet.qos > 0) say({ cmd: 'puback', messageId: packet.messageId ?? 0 });
  }

  async function listen(): Promise<void> {
    const socket = connect(Number(port), host).on('error', () => undefined);
    current = socket;
    const say = (packet: Packet): void => void socket.write(generate(packet));
    const parser = createParser().on('packet', (packet) => take(packet, say));
    socket.on('data', (chunk: Buffer) => parser.parse(chunk));
    const login = { username, password: Buffer.from(password) };
    say({ cmd: 'connect', clientId: `reader of ${topic}`, clean: false, keepalive: 0, ...login });
    await new Promise((resolve) => socket.on('close', resolve));
    await pause(AGAIN_MS);
    if (!isOver) await listen();
  }

  t.after(() => {
    isOver = true;
    current?.destroy();
  });
  void listen();
  await subscribed.promise;
  return { heard };
}
