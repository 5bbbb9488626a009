import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect } from 'node:http2';
import { frameOf } from '../../../src/output/grpc/frames.ts';
import { documentOf } from '../../../src/ingest/grpc/document.ts';
import { alertIngest, health, readBatch } from '../../../src/ingest/grpc/services.ts';
import { corpusLines } from '../../support/corpus.ts';
import type { Random } from '../../support/random.ts';
import { assertKept } from '../by-the-book.ts';
import { readManner, withManner } from '../envelope.ts';
import { mutate } from '../mutate.ts';
import { assertStored, expectedOf } from '../stored.ts';
import { seedsOf, type Target } from '../target.ts';
import { alertWords } from './documents.ts';
import type { FuzzedHub } from './hub.ts';

/** The gRPC door: broken frames, broken protobuf, and alerts as JSON within. */

const small = corpusLines.filter(({ length }) => length < 3000);
const FIELDS = {
  uuid: '',
  time: { seconds: '1786406649', nanos: 137_000_001 },
  rule: 'Shell in container',
  priority: 'WARNING',
  source: 'syscall',
  output: 'a shell \u2028 <é>',
  hostname: 'node-1',
  tags: ['a', 'b'],
  fields: {
    text: { stringValue: 'x' },
    number: { numberValue: 9_007_199_254_740_991 },
    odd: { numberValue: Number.NaN },
    list: { listValue: { values: [{ stringValue: 'a' }, { boolValue: true }] } },
    inner: { structValue: { fields: { a: { nullValue: 0 } } } },
    __proto__x: { numberValue: -0 },
  },
};

const PATHS = {
  push: '/tocsin.ingest.v1.AlertIngest/Push',
  batch: '/tocsin.ingest.v1.AlertIngest/PushBatch',
  check: '/grpc.health.v1.Health/Check',
} as const;

export function grpcTargets(hub: FuzzedHub): readonly Target[] {
  return [calls(hub), batches(hub)];
}

interface Manner {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const HEADERS: readonly Manner['headers'][] = [
  {},
  {},
  {},
  { 'grpc-timeout': '1S' },
  { 'grpc-timeout': '99999999999n' },
  { 'grpc-encoding': 'gzip' },
  { 'grpc-encoding': 'zstd' },
  { 'content-type': 'application/json' },
  { authorization: 'Bearer x', 'x-bin': '!!' },
  { 'tocsin-bin': 'AAAA', 'grpc-accept-encoding': 'a,b,,' },
];

function pushSeeds(): Buffer[] {
  const serialize = alertIngest['Push']!.requestSerialize;
  return [
    serialize({ seq: '1', alert: FIELDS }),
    serialize({ seq: '18446744073709551615', alert: { raw_json: small[0], agent: 'falco' } }),
    serialize({ seq: '0' }),
  ];
}

function batchSeeds(): Buffer[] {
  const serialize = alertIngest['PushBatch']!.requestSerialize;
  return [
    serialize({ alerts: [FIELDS] }),
    serialize({ alerts: [{ raw_json: small[1] }, FIELDS, { hops: 9, origin: 'x' }] }),
    serialize({ alerts: Array.from({ length: 40 }, () => ({ rule: 'r', priority: 'ERROR' })) }),
    serialize({ alerts: [] }),
  ];
}

const PROTOBUF_WORDS = [
  '\n',
  '\x12\x00',
  '\x52\x05{"a":',
  '\x08\x01',
  '\x7f',
  '\0\0\0\0\x05',
  '\x01\0\0\0\x01a',
  '\x0a\xff\xff\xff\xff\x0f',
  '\x4a\x04\x0a\x00\x12\x00',
  '\x22\x02\x08\x01',
  '\x20\x63',
];

/** Any frames, to any method, under any headers. */
function calls({ hub, assertSound, memoryBytes }: FuzzedHub): Target {
  const check = health['Check']!.requestSerialize({ service: 'tocsin.ingest.v1.AlertIngest' });
  const seeds = { push: pushSeeds(), batch: batchSeeds(), check: [check] };
  const all = Object.values(seeds).flat();
  const session = sessionTo(hub);
  return {
    name: 'grpc-calls',
    seeds: all,
    words: PROTOBUF_WORDS,
    make(random) {
      const method = random.pick(['push', 'push', 'batch', 'check'] as const);
      const path = random.chance(0.05) ? `${PATHS[method]}x` : PATHS[method];
      const material = { seeds: seeds[method], words: PROTOBUF_WORDS };
      const count = method === 'push' ? 1 + random.below(4) : 1;
      const messages = Array.from({ length: count }, () => mutate(material, random));
      const body = Buffer.concat(messages.map((message) => frameOf(message)));
      const sent = random.chance(0.3)
        ? mutate({ seeds: [body], words: PROTOBUF_WORDS }, random)
        : body;
      return withManner({ path, headers: random.pick(HEADERS) }, sent);
    },
    memoryBytes,
    async check(input) {
      const sent = readManner(input);
      if (sent === undefined) return;
      await call(session(), sent.manner as Manner, sent.body);
      await assertSound();
    },
  };
}

/** Whole batches, whose alerts are read back. */
function batches({ hub, newAlerts, assertSound, memoryBytes }: FuzzedHub): Target {
  const material = { seeds: seedsOf(small), words: alertWords };
  const fields = { seeds: batchSeeds(), words: PROTOBUF_WORDS };
  const session = sessionTo(hub);
  const serialize = alertIngest['PushBatch']!.requestSerialize;
  const wrapped = (random: Random) =>
    serialize({ alerts: [{ raw_json: mutate(material, random).toString() }] });
  return {
    name: 'grpc-batches',
    ...material,
    make: (random) => (random.chance(0.5) ? wrapped(random) : mutate(fields, random)),
    memoryBytes,
    async check(input) {
      await newAlerts();
      const manner = { path: PATHS.batch, headers: {} };
      const { status, messages } = await call(session(), manner, frameOf(input));
      await assertSound();
      const stored = await newAlerts();
      if (status !== 0) return assert.deepEqual(stored, []);
      const answer = alertIngest['PushBatch']!.responseDeserialize(messages) as Answer;
      const { alerts } = readBatch(input);
      assert.equal(answer.accepted + answer.rejected.length, alerts.length);
      assert.equal(stored.length, answer.accepted, 'so many were taken');
      const readings = alerts.map((alert) => documentOf(alert));
      assertStored(stored, expectedOf(readings.flatMap((one) => documentIn(one))));
      const [alert] = alerts;
      if (alerts.length === 1 && stored[0] && alert?.raw_json)
        assertKept(alert.raw_json, stored[0]);
    },
  };
}

interface Answer {
  readonly accepted: number;
  readonly rejected: readonly unknown[];
}

function documentIn(reading: ReturnType<typeof documentOf>): unknown[] {
  return 'document' in reading ? [reading.document] : [];
}

/** One connection, and another where that has ended. */
function sessionTo(hub: FuzzedHub['hub']): () => ClientHttp2Session {
  let session: ClientHttp2Session | undefined;
  return () => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(`http://${hub.grpc()}`);
      session.on('error', () => undefined);
      session.unref();
    }
    return session;
  };
}

const PATIENCE_MS = 5000;
/** What grpc-js itself says of what is no gRPC, without a status. */
const NO_STATUS = -1;

/** Makes a call and waits for its end, which must come, for the sender's side is closed. */
async function call(
  session: ClientHttp2Session,
  { path, headers }: Manner,
  body: Buffer,
): Promise<{ status: number; messages: Buffer }> {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  let status = NO_STATUS;
  const take = (from: Readonly<Record<string, unknown>>) => {
    if (from['grpc-status'] !== undefined) status = Number(from['grpc-status']);
  };
  const chunks: Buffer[] = [];
  stream.on('response', take).on('trailers', take);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);
  stream.setTimeout(PATIENCE_MS, () => stream.close());
  stream.end(body);
  await new Promise((resolve) => stream.once('close', resolve));
  return { status, messages: Buffer.concat(chunks).subarray(5) };
}
