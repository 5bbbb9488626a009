import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js';
import { connect, openDoor, type TestClient, unary } from '../../../test/support/grpc-ingest.ts';
import { until } from '../../../test/support/until.ts';

/** The health service, which load balancers and probes ask. */

function check(client: TestClient, service?: string): Promise<unknown> {
  return unary(client.health, 'Check', { service });
}

test('health needs no credentials and follows readiness', async (t) => {
  let isReady = true;
  const auth = { tokens: [{ name: 'node-1', token: 'a-token-of-a-node' }] };
  const settings = { address: '127.0.0.1:0', auth };
  const { ingest, target } = await openDoor(t, { settings, ready: () => isReady });
  const client = connect(t, target);
  assert.deepEqual(await check(client), { status: 'SERVING' });
  assert.deepEqual(await check(client, 'tocsin.ingest.v1.AlertIngest'), { status: 'SERVING' });
  await assert.rejects(check(client, 'other'), { code: status.NOT_FOUND });
  isReady = false;
  assert.deepEqual(await check(client), { status: 'NOT_SERVING' });
  isReady = true;
  ingest.lameDuck();
  assert.deepEqual(await check(client), { status: 'NOT_SERVING' });
});

type Watch = ClientReadableStream<{ status: string }>;

function watch(t: TestContext, client: TestClient, service?: string): Watch {
  const { Watch } = client.health as unknown as { Watch: (request: object) => Watch };
  const call = Watch.call(client.health, { service });
  call.on('error', () => {});
  t.after(() => call.cancel());
  return call;
}

test('a health watch hears of every change, and of a service there is not', async (t) => {
  let isReady = true;
  const { ingest, target } = await openDoor(t, { ready: () => isReady });
  const client = connect(t, target);
  const heard: string[] = [];
  watch(t, client).on('data', ({ status }: { status: string }) => heard.push(status));
  await until(() => heard.length === 1);
  isReady = false;
  await until(() => heard.length === 2);
  isReady = true;
  await until(() => heard.length === 3);
  ingest.lameDuck();
  await until(() => heard.length === 4);
  assert.deepEqual(heard, ['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  const [unknown] = (await once(watch(t, client, 'other'), 'data')) as [{ status: string }];
  assert.equal(unknown.status, 'SERVICE_UNKNOWN');
});

test('one sender has at most 8 health watches, and each that ends makes room', async (t) => {
  const { target } = await openDoor(t);
  const client = connect(t, target);
  const calls = Array.from({ length: 8 }, () => watch(t, client));
  await Promise.all(calls.map((call) => once(call, 'data')));
  const [failure] = (await once(watch(t, client), 'error').catch((error: unknown) => [error])) as [
    ServiceError,
  ];
  assert.equal(failure.code, status.RESOURCE_EXHAUSTED);
  calls[0]?.cancel();
  for (let isWatching = false; !isWatching; ) {
    isWatching = await once(watch(t, client), 'data').then(
      () => true,
      () => false,
    );
  }
});
