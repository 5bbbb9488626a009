import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { connect } from '../support/grpc-ingest.ts';
import { startHub } from '../support/hub-process.ts';

/** Whatever way an alert comes in, it arrives once, with every digit it had. */

const corpus = new URL('../data/corpus/falco-alerts.ndjson', import.meta.url);
const lines = readFileSync(corpus, 'utf8').trim().split('\n');
const expected = lines.map((line) => expectedOf(line));

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
  for (const line of lines) assert.equal(await post('single', line), 200);
  await assertArrived();
});

test('alerts posted as NDJSON arrive as they were, each once', async () => {
  assert.equal(await post('ndjson', lines.join('\n')), 200);
  await assertArrived();
});

test('alerts posted as an array arrive as they were, each once', async () => {
  assert.equal(await post('array', `[${lines.join(',')}]`), 200);
  await assertArrived();
});

test('alerts of a gRPC batch arrive as they were, each once', async (t) => {
  const client = connect(t, hub.grpc());
  const alerts = lines.map((raw_json) => ({ raw_json }));
  const { accepted, rejected } = await client.pushBatch(alerts, metadataOf('pushBatch'));
  assert.deepEqual([accepted, rejected], [lines.length, []]);
  await assertArrived();
});

test('alerts of a gRPC stream arrive as they were, each once', async (t) => {
  const stream = connect(t, hub.grpc()).push(metadataOf('push'));
  for (const [i, raw_json] of lines.entries()) stream.send(i + 1, { raw_json });
  await stream.ack((ack) => ack.acked_through === String(lines.length));
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
  await eventually('all alerts arrive', () => server.arrivals.length >= lines.length);
  const arrived = server.arrivals.splice(0).map(({ json }) => expectedOf(json));
  const wrong = arrived.filter((one) => !expected.includes(one));
  const missing = expected.filter((one) => !arrived.includes(one));
  assert.deepEqual({ wrong, missing }, { wrong: [], missing: [] });
  assert.equal(arrived.length, lines.length);
}

/**
 * What must arrive of a line: numbers as their literals, tags in order, and what Falcosidekick does:
 * it fills in a source, and has one of its own for its test rule. A uuid only where one was given.
 */
function expectedOf(line: string): string {
  const alert = JSON.parse(line, asLiteral as Reviver) as Record<string, unknown>;
  const { rule, priority, time, output_fields: fields, hostname } = alert;
  const given = lines.some((one) => one.includes(`"uuid":"${String(alert['uuid'])}"`));
  return JSON.stringify({
    ...(given && { uuid: alert['uuid'] }),
    rule,
    priority,
    time,
    fields,
    hostname,
    output: alert['output'] ?? alert['message'] ?? '',
    source: rule === 'Test rule' ? 'internal' : (alert['source'] ?? 'syscalls'),
    tags: [...((alert['tags'] ?? []) as string[])].sort(),
  });
}

type Reviver = (key: string, value: unknown) => unknown;

/**
 * Numbers as their literals (JSON.parse source text access, ES2026; its type does not tell yet), and
 * a list of numbers as its text, as which the hub passes it on.
 */
function asLiteral(_: string, value: unknown, { source }: { readonly source: string }): unknown {
  if (typeof value === 'number') return `number ${source}`;
  const isNumbers = Array.isArray(value) && value.length > 0 && value.every(isLiteral);
  return isNumbers ? `[${value.map((one) => one.slice('number '.length)).join()}]` : value;
}

function isLiteral(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('number ');
}
