import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
} from '@grpc/grpc-js';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { assertResult, verdictOf } from '../../test/contract/attempt.ts';
import { openOutput } from '../../test/support/tocsin-output.ts';
import { until } from '../../test/support/until.ts';

/** The output against a hub that says what a test wants it to say. */
interface ScriptedHub {
  readonly target: string;
  /** One per stream, in order. */
  readonly calls: PushCall[];
  readonly seqs: string[];
}

type PushCall = ServerDuplexStream<{ seq: string }, object>;

const proto = fileURLToPath(new URL('../../src/proto/alert-ingest.proto', import.meta.url));
const definitions = loadSync(proto, { keepCase: true, longs: String, enums: String });

async function startHub(t: TestContext): Promise<ScriptedHub> {
  const calls: PushCall[] = [];
  const seqs: string[] = [];
  const server = new Server();
  server.addService(definitions['tocsin.ingest.v1.AlertIngest'] as ServiceDefinition, {
    Push(call: PushCall) {
      calls.push(call);
      call.on('data', ({ seq }) => seqs.push(seq));
      call.on('error', () => {});
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  t.after(() => server.forceShutdown());
  return { target: `127.0.0.1:${await promise}`, calls, seqs };
}

async function connect(t: TestContext): Promise<{ hub: ScriptedHub; connection: Connection }> {
  const hub = await startHub(t);
  return { hub, connection: await openOutput(t, { address: hub.target, plaintext: true }) };
}

function send(connection: Connection, count: number): Promise<SendResult> {
  const deliveries = Array.from({ length: count }, (): Delivery => deliveryOf(alertWith()));
  return connection.send(deliveries, { signal: AbortSignal.timeout(60_000) }).then((result) => {
    assertResult(result, count);
    return result;
  });
}

test('tocsin: no more is under way than the hub gave credit for', async (t) => {
  const { hub, connection } = await connect(t);
  const sent = send(connection, 10);
  await until(() => hub.calls.length === 1);
  hub.calls[0]?.write({ acked_through: 0, credit: 3 });
  await until(() => hub.seqs.length === 3);
  hub.calls[0]?.write({ acked_through: 2, credit: 0 });
  hub.calls[0]?.write({ acked_through: 2, credit: 2 });
  await until(() => hub.seqs.length === 4);
  hub.calls[0]?.write({ acked_through: 4, credit: 100 });
  await until(() => hub.seqs.length === 10);
  hub.calls[0]?.write({ acked_through: 10, credit: 100 });
  assert.deepEqual(await sent, { outcome: 'delivered' });
  assert.deepEqual(hub.seqs, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
});

test('tocsin: each code of a reject is what it means for the alert', async (t) => {
  const { hub, connection } = await connect(t);
  const sent = send(connection, 7);
  await until(() => hub.calls.length === 1);
  hub.calls[0]?.write({ acked_through: 0, credit: 10 });
  await until(() => hub.seqs.length === 7);
  const codes = [
    'CODE_UNSPECIFIED',
    'INVALID',
    'TOO_LARGE',
    'DUPLICATE',
    'UNAUTHORISED_SOURCE',
    77,
  ];
  const rejected = codes.map((code, index) => ({
    seq: index + 1,
    code,
    message: `word: \u001b[31m${'x'.repeat(2000)}`,
  }));
  hub.calls[0]?.write({ acked_through: 7, credit: 10, rejected });
  const result = await sent;
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), [
    'retry/rateLimited',
    'reject/payload',
    'reject/payload',
    'delivered',
    'retry/auth',
    'reject/payload',
    'delivered',
  ]);
});

const HUB_SAYS = { details: 'queue_full: no room', metadata: new Metadata() };

for (const [code, verdict] of [
  [status.CANCELLED, 'retry/network'],
  [status.UNKNOWN, 'retry/server'],
  [status.INVALID_ARGUMENT, 'retry/client'],
  [status.DEADLINE_EXCEEDED, 'retry/timeout'],
  [status.PERMISSION_DENIED, 'retry/auth'],
  [status.RESOURCE_EXHAUSTED, 'retry/rateLimited'],
  [status.UNIMPLEMENTED, 'retry/client'],
  [status.INTERNAL, 'retry/server'],
  [status.UNAVAILABLE, 'retry/server'],
  [status.UNAUTHENTICATED, 'retry/auth'],
] as const) {
  test(`tocsin: a stream that ends with ${status[code]} is ${verdict}`, async (t) => {
    const { hub, connection } = await connect(t);
    const sent = send(connection, 2);
    await until(() => hub.calls.length === 1);
    hub.calls[0]?.write({ acked_through: 0, credit: 10 });
    await until(() => hub.seqs.length === 2);
    hub.calls[0]?.emit('error', { ...HUB_SAYS, code });
    const result = await sent;
    assert.equal(verdictOf(result), verdict);
    assert.ok(result.outcome === 'retry');
    assert.equal(result.detail, `${status[code]}: queue_full: no room`);
  });
}

test('tocsin: a stream that ends well with alerts under way has not delivered them', async (t) => {
  const { hub, connection } = await connect(t);
  const sent = send(connection, 3);
  await until(() => hub.calls.length === 1);
  hub.calls[0]?.write({ acked_through: 0, credit: 10 });
  await until(() => hub.seqs.length === 3);
  hub.calls[0]?.write({ acked_through: 1, credit: 10 });
  hub.calls[0]?.end();
  const result = await sent;
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), ['delivered', 'retry/server', 'retry/server']);
});

test('tocsin: details that are not google.rpc.Status do no harm', async (t) => {
  const { hub, connection } = await connect(t);
  const sent = send(connection, 1);
  await until(() => hub.calls.length === 1);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from([0x1a, 0xff, 0xff]));
  hub.calls[0]?.emit('error', { ...HUB_SAYS, code: status.UNAVAILABLE, metadata });
  const result = await sent;
  assert.ok(result.outcome === 'retry');
  assert.equal(result.afterMs, undefined);
});
