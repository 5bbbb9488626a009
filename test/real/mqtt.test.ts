import assert from 'node:assert/strict';
import test from 'node:test';
import mqtt from '../../outputs/mqtt/index.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { startService } from '../services/service.ts';
import { corpusArrives, outlivesKill } from '../support/arrivals.ts';
import { eventually } from '../support/eventually.ts';
import { mqttReader } from '../support/mqtt-reader.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real Mosquitto makes of the output; a subscriber hears it. */

test('mqtt: a real broker', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'mosquitto');
  if (service === undefined) return;
  const { MQTT_ADDRESS: address = '', MQTT_TLS_ADDRESS, MQTT_CA = '' } = service;
  const {
    MQTT_USER: username = '',
    MQTT_OTHER_USER: other,
    MQTT_PASSWORD: password = '',
  } = service;
  const plain = { address, plaintext: true, username, password };
  const reader = { address, username, password };

  for (const [version, qos] of [
    ['3.1.1', 0],
    ['5', 1],
    ['5', 2],
  ] as const) {
    await t.test(
      `the corpus arrives by version ${version} and QoS ${qos}, to the digit`,
      async (t) => {
        const topic = `corpus/${qos}`;
        const { heard } = await mqttReader(t, `${topic}/#`, reader);
        const output = {
          type: 'mqtt',
          ...plain,
          version,
          qos,
          topic: `${topic}/<priority>/<rule>`,
        };
        await corpusArrives(t, output, () => Promise.resolve(heard));
      },
    );
  }

  await t.test('over TLS, by a user who may only publish', async (t) => {
    const { heard } = await mqttReader(t, 'falco/tls', reader);
    const settings = { address: MQTT_TLS_ADDRESS, username: other, password, topic: 'falco/tls' };
    const { send } = await openOutput(t, mqtt, settings, { caFiles: [MQTT_CA] });
    assert.equal(verdictOf(await send(numbered(250))), 'delivered');
    await eventually('all are heard', () => heard.length === 250);
    const refused = await openOutput(
      t,
      mqtt,
      { ...settings, topic: 'others' },
      { caFiles: [MQTT_CA] },
    );
    const result = await refused.send(numbered(1));
    assert.equal(verdictOf(result), 'retry/auth', JSON.stringify(result));
  });

  const large = deliveryOf(alertWith({ output: 'x'.repeat(250_000) }));
  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong password': [{ ...plain, password: 'planted-secret' }, 'retry/auth'],
    'a wrong password in the old version': [
      { ...plain, password: 'planted-secret', version: '3.1.1' },
      'retry/auth',
    ],
    'no login': [{ address, plaintext: true }, 'retry/auth'],
    'TLS where it is not': [{ ...plain, plaintext: false }, 'retry/network'],
  };
  for (const [what, [settings, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const { send } = await openOutput(t, mqtt, settings);
      const result = await send(numbered(2));
      assert.equal(verdictOf(result), verdict, JSON.stringify(result));
      assert.doesNotMatch(JSON.stringify(result), /planted/);
    });
  }

  await t.test('an alert that is too large is the one that is refused', async (t) => {
    const { send } = await openOutput(t, mqtt, plain);
    const result = await send([...numbered(1), large, ...numbered(1, 1)]);
    assert.ok(result.outcome === 'partial');
    const expected = ['delivered', 'reject/payload', 'delivered'];
    assert.deepEqual(result.results.map(verdictOf), expected);
  });

  for (const qos of [1, 2]) {
    await t.test(
      `QoS ${qos}: a broker that is killed and started again gets the rest`,
      async (t) => {
        const topic = `kill/${qos}`;
        const { heard } = await mqttReader(t, topic, reader);
        const output = { type: 'mqtt', ...plain, topic, qos };
        await outlivesKill(t, { output, service, read: () => Promise.resolve(heard) });
      },
    );
  }
});
