import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf, HOSTILE_STRINGS } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import mqtt from './index.ts';
import { connectPacket, publishPacket } from './payload.ts';
import type { MqttSettings } from './settings.ts';

function settings(own: object = {}): MqttSettings {
  return settingsOf(mqtt, { address: 'mqtt', ...own }).values as MqttSettings;
}

const delivery = deliveryOf(alertWith());

test('a message has the alert, to the byte, and a key to recognise it by', () => {
  assert.deepEqual(publishPacket(settings(), delivery, 7), {
    cmd: 'publish',
    topic: 'falco/events',
    payload: delivery.json,
    qos: 1,
    retain: false,
    dup: false,
    messageId: 7,
    properties: {
      payloadFormatIndicator: true,
      contentType: 'application/json',
      userProperties: {
        'tocsin-delivery-key': delivery.key,
        'tocsin-rule': 'Read sensitive file untrusted',
        'tocsin-priority': 'warning',
      },
    },
  });
});

test('version 3.1.1 has no properties, and QoS 0 no number', () => {
  const packet = publishPacket(settings({ version: '3.1.1', qos: 0 }), delivery, 7);
  assert.equal(packet.properties, undefined);
  assert.equal(packet.messageId, undefined);
});

test('no alert can add a level to a topic, or mean many', () => {
  const own = settings({ topic: 'falco/<rule>/<hostname>' });
  for (const text of [...HOSTILE_STRINGS, '#', '+', 'a/b', '$SYS']) {
    const hostile = deliveryOf(alertWith({ rule: text, hostname: text }));
    assert.match(publishPacket(own, hostile, 1).topic, /^falco(?:\/[a-z0-9_]+){2}$/);
  }
});

test('a connection leaves nothing behind, and logs in where it is told to', () => {
  assert.deepEqual(connectPacket(settings({ username: 'falco', password: 'secret' })), {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clean: true,
    clientId: '',
    keepalive: 0,
    username: 'falco',
    password: Buffer.from('secret'),
  });
});

const MISTAKES: readonly (readonly [own: Partial<MqttSettings>, path: string])[] = [
  [{ address: 'mqtt://mqtt' }, 'address'],
  [{ topic: 'falco/#' }, 'topic'],
  [{ topic: '+/falco' }, 'topic'],
  [{ topic: '$SYS/falco' }, 'topic'],
  [{ topic: 'falco/<nope>' }, 'topic'],
  [{ password: 'secret' }, 'username'],
];

for (const [own, path] of MISTAKES) {
  test(`${JSON.stringify(own)}: ${path} is wrong`, () => {
    const mistakes = mqtt.validate?.({ ...settings(), ...own }) ?? [];
    assert.deepEqual(
      mistakes.map((mistake) => mistake.path),
      [path],
    );
  });
}

const load = (own: object) => loadSidekick({ mqtt: { broker: 'tcp://mqtt:1883', ...own } });

test("Falcosidekick's messages stay as they were", async () => {
  const standard = {
    address: 'mqtt:1883',
    plaintext: true,
    version: '3.1.1',
    topic: 'falco/events',
    qos: 0,
    retain: false,
  };
  assert.deepEqual((await load({})).settings, standard);
  const { settings, common } = await load({
    broker: 'ssl://mqtt',
    topic: 'alerts',
    qos: 2,
    retained: true,
    user: 'falco',
    password: 'secret',
    checkcert: false,
  });
  assert.deepEqual(settings, {
    ...standard,
    address: 'mqtt',
    plaintext: false,
    topic: 'alerts',
    qos: 2,
    retain: true,
    username: 'falco',
    password: 'secret',
  });
  assert.deepEqual(common['tls'], { verify: false });
});

for (const own of [{ broker: 'ws://mqtt:80' }, { qos: 3 }]) {
  test(`${JSON.stringify(own)} turns the output off`, async () => {
    const { settings, misconfigured } = await load(own);
    assert.equal(settings, undefined);
    assert.equal(misconfigured.length, 1);
  });
}
