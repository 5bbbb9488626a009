import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { startChecking } from '../support/checking-server.ts';
import { contentOf, corpusLines } from '../support/corpus.ts';
import { eventually } from '../support/eventually.ts';
import { connect } from '../support/grpc-ingest.ts';
import { startHub } from '../support/hub-process.ts';

/** Whatever way an alert comes in, it arrives once, with every digit it had. */

const expected = corpusLines.map((line) => contentOf(line));

/** A sender for each way, or the alerts that carry a uuid would be resends from the second way on. */
const ways = ['single', 'ndjson', 'array', 'pushBatch', 'push'] as const;
type Way = (typeof ways)[number];
const tokens = ways.map((name) => ({ name, token: tokenOf(name) }));

const server = await startChecking({ after });
const hub = await startHub(
  { after },
  {
    ingest: { http: { auth: { tokens } }, grpc: { auth: { tokens } } },
    outputs: { checked: { type: 'webhook', url: server.url, body: 'ndjson' } },
  },
);

test('alerts posted one by one arrive as they were, each once', async () => {
  for (const line of corpusLines) assert.equal(await post('single', line), 200);
  await assertArrived();
});

test('alerts posted as NDJSON arrive as they were, each once', async () => {
  assert.equal(await post('ndjson', corpusLines.join('\n')), 200);
  await assertArrived();
});

test('alerts posted as an array arrive as they were, each once', async () => {
  assert.equal(await post('array', `[${corpusLines.join(',')}]`), 200);
  await assertArrived();
});

test('alerts of a gRPC batch arrive as they were, each once', async (t) => {
  const client = connect(t, hub.grpc());
  const alerts = corpusLines.map((raw_json) => ({ raw_json }));
  const { accepted, rejected } = await client.pushBatch(alerts, metadataOf('pushBatch'));
  assert.deepEqual([accepted, rejected], [corpusLines.length, []]);
  await assertArrived();
});

test('alerts of a gRPC stream arrive as they were, each once', async (t) => {
  const stream = connect(t, hub.grpc()).push(metadataOf('push'));
  for (const [i, raw_json] of corpusLines.entries()) stream.send(i + 1, { raw_json });
  await stream.ack((ack) => ack.acked_through === String(corpusLines.length));
  assert.deepEqual(
    stream.acks.flatMap(({ rejected }) => rejected),
    [],
  );
  stream.call.end();
  assert.equal((await stream.status).code, 0);
  await assertArrived();
});

function tokenOf(way: Way): string {
  return `token-of-${way}`;
}

function metadataOf(way: Way): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${tokenOf(way)}`);
  return metadata;
}

async function post(way: Way, body: string): Promise<number> {
  const headers = { authorization: `Bearer ${tokenOf(way)}`, 'content-type': 'application/json' };
  const response = await fetch(hub.origin(), { method: 'POST', body, headers });
  await response.arrayBuffer();
  return response.status;
}

/** All of them, none twice, nothing else; then forgets them. */
async function assertArrived(): Promise<void> {
  await eventually('all alerts arrive', () => server.arrivals.length >= corpusLines.length);
  const arrived = server.arrivals.splice(0).map(({ json }) => contentOf(json));
  const wrong = arrived.filter((one) => !expected.includes(one));
  const missing = expected.filter((one) => !arrived.includes(one));
  assert.deepEqual({ wrong, missing }, { wrong: [], missing: [] });
  assert.equal(arrived.length, corpusLines.length);
}
