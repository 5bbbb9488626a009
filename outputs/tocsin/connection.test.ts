import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { pipeline } from 'node:stream';
import { test } from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { compileEnrichment } from '../../src/ingest/normalise/enrich.ts';
import { normaliseFalco } from '../../src/ingest/normalise/falco.ts';
import { alertToJson, deliveryKey, parseLossless } from '../../src/json.ts';
import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { sendOver, verdictOf } from '../../test/contract/attempt.ts';
import { createHeldAdmission, openDoor } from '../../test/support/grpc-ingest.ts';
import { listen } from '../../test/support/http-destination.ts';
import { openOutput } from '../../test/support/tocsin-output.ts';
import { until } from '../../test/support/until.ts';

/** The output against a real door of another hub, over a real connection. */

function deliveries(count: number, prefix = 'Rule'): Delivery[] {
  return Array.from({ length: count }, (_, n) =>
    deliveryOf(
      alertWith({
        uuid: `018f6f2e-9d3b-7c11-8a55-${String(n).padStart(12, '0')}`,
        rule: `${prefix} ${n}`,
      }),
    ),
  );
}

function ruleOf(document: unknown): string {
  return (document as { rule: string }).rule;
}

const enrichment = compileEnrichment({
  customFields: {},
  templatedFields: {},
  customTags: [],
  bracketReplacer: '',
  outputFieldFormat: '',
});

function normalise(document: unknown): Alert {
  const provenance = { input: 'grpc', agent: 'falco', peer: '10.0.0.7' };
  const result = normaliseFalco(document, { nowMs: Date.now(), provenance, enrichment });
  assert.ok(result.ok);
  return result.alert;
}

test('an alert has the same key on both hubs, and every digit', async (t) => {
  const { admission, target } = await openDoor(t);
  const connection = await openOutput(t, { address: target, plaintext: true });
  const corpus = new URL('../../test/data/corpus/falco-alerts.ndjson', import.meta.url);
  const lines = readFileSync(corpus, 'utf8').trim().split('\n');
  const batch = lines.map((line) => deliveryOf(normalise(parseLossless(line))));
  assert.ok(batch.length >= 50);
  assert.deepEqual(await sendOver(connection, batch), { outcome: 'delivered' });
  const keys = admission
    .documents()
    .map((document) => deliveryKey(alertToJson(normalise(document))));
  assert.deepEqual(
    keys,
    batch.map(({ key }) => key),
  );
});

test('an alert is delivered when it is on the other hub’s disk, not before', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.hold();
  const connection = await openOutput(t, { address: target, plaintext: true });
  let isDelivered = false;
  const sent = sendOver(connection, deliveries(3)).then((result) => {
    isDelivered = true;
    return result;
  });
  await until(() => admission.calls.length === 1);
  assert.equal(isDelivered, false);
  admission.release();
  assert.deepEqual(await sent, { outcome: 'delivered' });
});

test('two attempts at once share a stream, and each gets its own results', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.itemOf = (document) => {
    const rule = ruleOf(document);
    if (rule === 'A 1') return { outcome: 'rejected', code: 'rule_missing', message: 'no' };
    return { outcome: rule === 'B 2' ? 'duplicate' : 'accepted', uuid: '' };
  };
  const connection = await openOutput(t, { address: target, plaintext: true });
  const [a, b] = await Promise.all([
    sendOver(connection, deliveries(3, 'A')),
    sendOver(connection, deliveries(400, 'B')),
  ]);
  assert.ok(a?.outcome === 'partial');
  assert.deepEqual(a.results.map(verdictOf), ['delivered', 'reject/payload', 'delivered']);
  // The other hub has a duplicate already: that is what delivering is for.
  assert.deepEqual(b, { outcome: 'delivered' });
  assert.equal(admission.documents().length, 403);
});

test('alerts that circle or are too large cost the others nothing', async (t) => {
  const { admission, target } = await openDoor(t);
  const connection = await openOutput(t, { address: target, plaintext: true });
  const [first, last] = deliveries(2) as [Delivery, Delivery];
  const circling = deliveryOf(
    alertWith({ ingest: { input: 'grpc', agent: 'falco', hops: 8, peer: '10.0.0.7' } }),
  );
  const large = deliveryOf(alertWith({ output: 'x'.repeat(3 * 1024 * 1024) }));
  const huge = deliveryOf(alertWith({ output: 'x'.repeat(5 * 1024 * 1024) }));
  const result = await sendOver(connection, [first, circling, large, huge, last]);
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), [
    'delivered',
    'reject/client',
    'reject/payload',
    'reject/payload',
    'delivered',
  ]);
  assert.deepEqual(admission.documents().map(ruleOf), ['Rule 0', 'Rule 1']);
});

test('the other hub is told who sent first, and how many hubs it has passed', async (t) => {
  const { admission, target } = await openDoor(t);
  const connection = await openOutput(t, { address: target, plaintext: true });
  const ingest = { input: 'http', agent: 'falco', peer: '10.0.0.7', identity: 'token:edge' };
  await sendOver(connection, [deliveryOf(alertWith({ ingest }))]);
  const { hops, origin } = admission.calls[0]!.sender;
  assert.deepEqual([hops, origin], [1, 'token:edge']);
});

test('credentials that are refused are about the destination', async (t) => {
  const auth = { tokens: [{ name: 'edge', token: 'planted-good-token' }] };
  const { admission, target } = await openDoor(t, { settings: { address: '127.0.0.1:0', auth } });
  for (const [token, verdict] of [
    ['planted-good-token', 'delivered'],
    ['planted-bad-token', 'retry/auth'],
  ] as const) {
    const connection = await openOutput(t, { address: target, plaintext: true, token });
    const result = await sendOver(connection, deliveries(2));
    assert.equal(verdictOf(result), verdict);
    assert.ok(!JSON.stringify(result).includes('planted'));
  }
  assert.equal(admission.calls[0]?.sender.identity, 'token:edge');
});

test('a hub that goes and comes back is found again by the same connection', async (t) => {
  const first = await openDoor(t);
  const connection = await openOutput(t, { address: first.target, plaintext: true });
  await sendOver(connection, deliveries(1));
  await first.ingest.close(1000);
  assert.equal(verdictOf(await sendOver(connection, deliveries(1))), 'retry/network');
  const settings = { address: first.target, auth: { tokens: [] } };
  const { admission } = await openDoor(t, { settings });
  assert.equal(verdictOf(await eventually(connection, deliveries(1))), 'delivered');
  assert.equal(admission.documents().length, 1);
});

/** Tries as the engine would, until it works or a few seconds have gone. */
async function eventually(connection: Connection, batch: readonly Delivery[]): Promise<SendResult> {
  for (let tries = 1; ; tries++) {
    const result = await sendOver(connection, batch);
    if (result.outcome === 'delivered' || tries === 50) return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('of a hub that goes, what it acknowledged is delivered and the rest is sent again', async (t) => {
  const { admission, ingest, target } = await openDoor(t);
  const connection = await openOutput(t, { address: target, plaintext: true });
  await sendOver(connection, deliveries(1));
  admission.hold();
  const sent = sendOver(connection, deliveries(600));
  await until(() => admission.calls.length === 2);
  ingest.lameDuck();
  admission.release();
  const result = await sent;
  assert.ok(result.outcome === 'partial');
  const delivered = result.results.filter(({ outcome }) => outcome === 'delivered').length;
  assert.equal(delivered, admission.documents().length - 1);
  assert.equal(verdictOf(result), 'delivered, retry/server');
});

const FULL = { outcome: 'refused', message: 'no', retryAfterMs: 1500 } as const;

test('a refusal says when to come back', async (t) => {
  for (const [code, verdict] of [
    ['rate_limited', 'retry/rateLimited'],
    ['queue_full', 'retry/server'],
  ] as const) {
    const { admission, target } = await openDoor(t, { refusedMsMax: 0 });
    admission.refusals.push({ ...FULL, code });
    const connection = await openOutput(t, { address: target, plaintext: true });
    const result = await sendOver(connection, deliveries(2));
    assert.equal(verdictOf(result), verdict);
    assert.ok(result.outcome === 'retry' && result.afterMs === 1500);
  }
});

test('while the other hub takes nothing, no more is sent than it had given credit for', async (t) => {
  const held = createHeldAdmission();
  held.refusals.push(...Array.from({ length: 100 }, () => ({ ...FULL, code: 'rate_limited' })));
  const { target } = await openDoor(t, { held });
  const connection = await openOutput(t, { address: target, plaintext: true });
  const [one, many] = await Promise.all([
    sendOver(connection, deliveries(1), 3000),
    sendOver(connection, deliveries(200), 3000),
  ]);
  assert.equal(one && verdictOf(one), 'retry/rateLimited');
  assert.equal(many && verdictOf(many), 'retry/rateLimited');
});

test('a hub that acknowledges nothing in time is left, and asked again over a new stream', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.hold();
  const connection = await openOutput(t, { address: target, plaintext: true });
  assert.equal(verdictOf(await sendOver(connection, deliveries(2), 200)), 'retry/timeout');
  admission.release();
  assert.equal(verdictOf(await sendOver(connection, deliveries(2))), 'delivered');
});

test('a connection on which nobody ever answered is not waited for again', async (t) => {
  const { admission, target } = await openDoor(t);
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    // The first one hangs, as behind a load balancer whose other side has died.
    if (connections === 1) return void socket.resume().on('error', () => {});
    const onward = connectTcp(Number(target.split(':')[1]), '127.0.0.1');
    pipeline(socket, onward, socket, () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const connection = await openOutput(t, { address: `127.0.0.1:${port}`, plaintext: true });
  assert.equal(verdictOf(await sendOver(connection, deliveries(1), 100)), 'retry/timeout');
  assert.equal(verdictOf(await eventually(connection, deliveries(1))), 'delivered');
  assert.equal(connections, 2);
  assert.equal(admission.documents().length, 1);
});

test('what answers but is no hub is not taken for one', async (t) => {
  const server = createHttpServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const connection = await openOutput(t, { address: `127.0.0.1:${port}`, plaintext: true });
  assert.equal(verdictOf(await sendOver(connection, deliveries(1))), 'retry/network');
});

test('an answer that is no PushAck delivers nothing', async (t) => {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.write(Buffer.of(0, 0, 0, 0, 2, 0x12, 0x7f));
  });
  const address = `127.0.0.1:${await listen(t, server)}`;
  const connection = await openOutput(t, { address, plaintext: true });
  const result = await sendOver(connection, deliveries(1));
  assert.equal(verdictOf(result), 'retry/server');
  assert.match(JSON.stringify(result), /the answer is not understood/);
});

test('a closed connection sends nothing more, and opens none again', async (t) => {
  const { admission, target } = await openDoor(t);
  const connection = await openOutput(t, { address: target, plaintext: true });
  await sendOver(connection, deliveries(1));
  await connection.close();
  assert.equal(verdictOf(await sendOver(connection, deliveries(1))), 'retry/network');
  assert.equal(admission.documents().length, 1);
});
