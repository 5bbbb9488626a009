import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import rabbitmq from './index.ts';
import { messageOf } from './payload.ts';
import type { RabbitSettings } from './settings.ts';

const delivery = deliveryOf(alertWith({ rule: 'A rule\nof two lines' }));

function settings(own: Partial<RabbitSettings>): RabbitSettings {
  return settingsOf(rabbitmq, { address: 'rabbit', ...own }).values as RabbitSettings;
}

test('a queue gets the alert by its name, to be kept, and with a key to recognise it by', () => {
  assert.deepEqual(messageOf(settings({ queue: 'falco' }), delivery), {
    exchange: '',
    routingKey: 'falco',
    properties: {
      contentType: 'application/json',
      deliveryMode: 2,
      messageId: delivery.key,
      headers: { 'tocsin-rule': 'A rule of two lines', 'tocsin-priority': 'warning' },
    },
    body: delivery.json,
  });
});

test('an exchange gets a routing key that an alert cannot lead elsewhere', () => {
  const own = { exchange: 'alerts', routingKey: 'x.<hostname>.<rule>' };
  const hostile = deliveryOf(alertWith({ hostname: 'a.b.#', rule: 'r'.repeat(256) }));
  const { exchange, routingKey } = messageOf(settings(own), hostile);
  assert.equal(exchange, 'alerts');
  assert.equal(routingKey, `x.a_b.${'r'.repeat(249)}`);
});

const MISTAKES: readonly (readonly [own: object, path: string])[] = [
  [{}, 'queue'],
  [{ queue: 'q', exchange: 'e' }, 'exchange'],
  [{ queue: 'q', address: 'amqp://rabbit' }, 'address'],
  [{ exchange: 'e', routingKey: '<nope>' }, 'routingKey'],
];

for (const [own, path] of MISTAKES) {
  test(`${JSON.stringify(own)}: ${path} is wrong`, () => {
    const whole = { ...settings({ queue: 'x' }), queue: undefined, ...own } as never;
    const mistakes = rabbitmq.validate?.(whole) ?? [];
    assert.deepEqual(
      mistakes.map((mistake) => mistake.path),
      [path],
    );
  });
}

const load = (url: string) => loadSidekick({ rabbitmq: { url, queue: 'falco' } });

test("Falcosidekick's URL says where, who and whether there is TLS", async () => {
  const standard = {
    address: 'rabbit:5672',
    plaintext: true,
    virtualHost: '/',
    username: 'guest',
    password: 'guest',
    queue: 'falco',
    routingKey: 'falco.<priority>.<rule>',
    contentType: 'text/plain',
  };
  assert.deepEqual((await load('amqp://rabbit:5672/')).settings, standard);
  const { settings } = await load('amqps://us%2Fer:p%40ss@rabbit/a%2Fb?heartbeat=5');
  assert.deepEqual(settings, {
    ...standard,
    address: 'rabbit',
    plaintext: false,
    virtualHost: 'a/b',
    username: 'us/er',
    password: 'p@ss',
  });
});

test('a URL that is none turns the output off', async () => {
  const { settings, misconfigured } = await load('amqp://');
  assert.equal(settings, undefined);
  assert.ok(misconfigured.length > 0);
});
