import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { createMqtt } from '../../test/support/mqtt-server.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import mqtt from './index.ts';

async function start(t: TestContext, raw: object = {}) {
  const peer = createMqtt();
  const server = await startTcpServer(t, peer.serve);
  const settings = { address: server.address, plaintext: true, ...raw };
  return { peer, server, ...(await openOutput(t, mqtt, settings)) };
}

for (const version of ['5', '3.1.1']) {
  for (const qos of [0, 1, 2]) {
    test(`version ${version}, QoS ${qos}: every alert arrives, in order`, async (t) => {
      const { peer, send } = await start(t, { version, qos, retain: true });
      const deliveries = numbered(450);
      assert.equal(verdictOf(await send(deliveries)), 'delivered');
      assert.deepEqual(
        peer.taken,
        deliveries.map(({ json }) => json),
      );
      assert.ok(peer.messages.every((message) => message.qos === qos && message.retain));
      assert.equal(peer.connects[0]?.protocolVersion, version === '5' ? 5 : 4);
    });
  }
}

test('no more messages are under way than the broker takes', async (t) => {
  for (const receiveMaximum of [1, 7]) {
    const { peer, send } = await start(t);
    peer.connack = { properties: { receiveMaximum } };
    const results = await Promise.all([send(numbered(20)), send(numbered(20, 20))]);
    assert.deepEqual(results.map(verdictOf), ['delivered', 'delivered']);
    assert.ok(peer.mostAtOnce <= receiveMaximum, `${peer.mostAtOnce} at once`);
    assert.equal(peer.taken.length, 40);
  }
});

const CODES: readonly (readonly [code: number, verdict: string])[] = [
  [0x10, 'delivered'],
  [0x80, 'retry/server'],
  [0x87, 'retry/auth'],
  [0x90, 'retry/client'],
  [0x97, 'retry/rateLimited'],
  [0x99, 'retry/client'],
  [0x83, 'retry/server'],
];

for (const [code, verdict] of CODES) {
  test(`an acknowledgement with 0x${code.toString(16)}: ${verdict}`, async (t) => {
    for (const qos of [1, 2]) {
      const { peer, send } = await start(t, { qos });
      peer.answer = ({ payload }) => (payload.toString().includes('"number 1."') ? code : 0);
      const result = await send(numbered(3));
      const [first, second = first, third = first] =
        result.outcome === 'partial' ? result.results : [result];
      assert.equal(first && verdictOf(first), 'delivered');
      assert.equal(second && verdictOf(second), verdict);
      assert.equal(third && verdictOf(third), 'delivered');
    }
  });
}

const LOGINS: readonly (readonly [version: string, code: number, verdict: string])[] = [
  ['5', 0x86, 'retry/auth'],
  ['5', 0x84, 'retry/client'],
  ['5', 0x9f, 'retry/rateLimited'],
  ['3.1.1', 1, 'retry/client'],
  ['3.1.1', 3, 'retry/server'],
  ['3.1.1', 4, 'retry/auth'],
  ['3.1.1', 5, 'retry/auth'],
];

for (const [version, code, verdict] of LOGINS) {
  test(`version ${version}, a login answered with ${code}: ${verdict}`, async (t) => {
    const login = { username: 'falco', password: 'planted-secret' };
    const { peer, send } = await start(t, { version, ...login });
    peer.connack = version === '5' ? { reasonCode: code } : { returnCode: code };
    const result = await send();
    assert.equal(verdictOf(result), verdict);
    assert.doesNotMatch(JSON.stringify(result), /planted/);
    assert.equal(peer.connects[0]?.username, 'falco');
    peer.connack = {};
    assert.equal(verdictOf(await send()), 'delivered');
  });
}

test('the last word of a broker before the end is told', async (t) => {
  const { peer, send } = await start(t);
  peer.answer = () => ({ disconnect: 0x8b });
  const result = await send(numbered(2));
  assert.equal(verdictOf(result), 'retry/server');
  assert.match(JSON.stringify(result), /it is shutting down \(0x8b\)/);
});

for (const end of ['disconnect', 'reset'] as const) {
  test(`a broker that refuses and hangs up has said why (${end})`, async (t) => {
    const { peer, server, send } = await start(t);
    peer.onAlerts = () => peer.messages.length > 1;
    peer.answer = () => {
      setTimeout(() => server[end](), 20);
      return 0x87;
    };
    assert.equal(verdictOf(await send(numbered(2))), 'retry/auth');
  });
}

test('a broker that can less than is asked for is told as such', async (t) => {
  const { peer, send } = await start(t, { qos: 2, retain: true });
  peer.connack = { properties: { maximumQoS: 1 } };
  assert.match(JSON.stringify(await send()), /it has no such QoS/);
  peer.connack = { properties: { retainAvailable: false } };
  assert.match(JSON.stringify(await send()), /it retains nothing/);
});

test('an alert larger than the broker takes is not sent', async (t) => {
  const { peer, send } = await start(t);
  peer.connack = { properties: { maximumPacketSize: 1500 } };
  const large = deliveryOf(alertWith({ output: 'x'.repeat(2000) }));
  const result = await send([...numbered(1), large, ...numbered(1)]);
  assert.equal(verdictOf(result), 'delivered, reject/payload');
  assert.equal(peer.taken.length, 2);
});

test('a broker that says what brokers do not say is none', async (t) => {
  const { server, send } = await start(t);
  // A PUBLISH, to who has subscribed to nothing.
  server.behaviour = Buffer.from([0x30, 4, 0, 1, 0x61, 0x62]);
  assert.equal(verdictOf(await send()), 'retry/client');
});
