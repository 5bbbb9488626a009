import assert from 'node:assert/strict';
import test from 'node:test';
import protobuf from 'protobufjs';
import type { Delivery } from '../../src/output/define.ts';
import { epochNs } from '../../src/output/time.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import { readSnappy } from '../../test/support/snappy.ts';
import loki from './index.ts';

interface Pushed {
  readonly labels: Readonly<Record<string, string>>;
  readonly timeNs: bigint;
  readonly line: string;
}

/** The part of Loki's push.proto that is used here. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message PushRequest { repeated Stream streams = 1; }
  message Stream { string labels = 1; repeated Entry entries = 2; }
  message Entry { Timestamp timestamp = 1; string line = 2; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`);

/** What Loki makes of a request. */
function pushedIn({ headers, body, bytes }: Received): Pushed[] {
  if (headers['content-type'] === 'application/x-protobuf') return readProtobuf(readSnappy(bytes));
  assert.equal(headers['content-type'], 'application/json');
  const { streams } = JSON.parse(body) as {
    streams: { stream: Record<string, string>; values: [string, string][] }[];
  };
  return streams.flatMap(({ stream, values }) =>
    values.map(([time, line]) => ({ labels: stream, timeNs: BigInt(time), line })),
  );
}

function readProtobuf(bytes: Buffer): Pushed[] {
  const type = root.lookupType('PushRequest');
  const { streams } = type.toObject(type.decode(bytes), { longs: String }) as {
    streams: { labels: string; entries: { timestamp: Timestamp; line: string }[] }[];
  };
  return streams.flatMap(({ labels, entries }) =>
    entries.map(({ timestamp: { seconds = '0', nanos = 0 }, line }) => ({
      labels: readLabels(labels),
      timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
      line,
    })),
  );
}

interface Timestamp {
  readonly seconds?: string;
  readonly nanos?: number;
}

const LABEL = /^(?:, )?([A-Za-z_][A-Za-z0-9_]*)=("(?:[^"\\]|\\.)*")/;

/** `{a="b", c="d"}` */
function readLabels(text: string): Record<string, string> {
  assert.ok(text.startsWith('{') && text.endsWith('}'));
  const labels: Record<string, string> = {};
  let rest = text.slice(1, -1);
  while (rest !== '') {
    const [whole = '', name = '', value = ''] = LABEL.exec(rest) ?? [];
    assert.notEqual(whole, '', rest);
    labels[name] = JSON.parse(value) as string;
    rest = rest.slice(whole.length);
  }
  return labels;
}

function checkPush(request: Received): Pushed[] {
  assert.equal(request.method, 'POST');
  assert.equal(request.path, '/loki/api/v1/push');
  assert.equal(request.headers['x-scope-orgid'], 'planted-tenant');
  const pushed = pushedIn(request);
  for (const { labels, line } of pushed) {
    const entries = Object.entries(labels);
    assert.ok(entries.length >= 1 && entries.length <= 15);
    for (const [name, value] of entries) {
      assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/);
      assert.ok(value !== '' && Buffer.byteLength(value) <= 2048);
      assert.doesNotMatch(value, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    }
    assert.ok(Buffer.byteLength(line) <= 256 * 1024, `${line.length}`);
  }
  return pushed;
}

function probe(encoding: string) {
  return {
    variant: encoding,
    settings: (origin: string) => ({
      url: origin,
      tenant: 'planted-tenant',
      username: 'planted-user',
      password: 'planted-password',
      encoding,
      labels: ['rule', 'priority', 'tags', 'hostname', 'user.name', 'proc.name'],
    }),
    accepted: () => ({ status: 204 }),
    check(requests: readonly Received[], deliveries: readonly Delivery[]) {
      const pushed = requests.flatMap(checkPush);
      assert.equal(pushed.length, deliveries.length);
      const byUuid = new Map(pushed.map((one) => [uuidOf(one.line), one]));
      for (const { alert, lateMs } of deliveries) {
        const { timeNs = 0n, line = '' } = byUuid.get(alert.uuid) ?? {};
        const { time, tags } = JSON.parse(line) as { time: string; tags?: string[] };
        assert.equal(time, alert.time);
        assert.equal(timeNs === epochNs(time), lateMs === undefined);
        assert.equal(tags?.includes('late') ?? false, lateMs !== undefined);
      }
    },
    sendsNumbers: encoding === 'json',
    lookalikes: [{ status: 200 }, { status: 200, body: '{}' }, { status: 202 }],
    oddAlerts: 100,
  };
}

function uuidOf(line: string): string {
  return (JSON.parse(line) as { uuid: string }).uuid;
}

httpContract(loki, probe('json'));
httpContract(loki, probe('protobuf'));

answersMean(loki, (origin) => ({ url: origin }), [
  [204, '', 'delivered'],
  [400, 'error parsing labels: 1:2: parse error', 'reject/payload'],
  [401, 'no org id', 'retry/auth'],
  [
    429,
    'Ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec)',
    'retry/rateLimited',
  ],
  [429, 'Maximum active stream limit exceeded', 'retry/rateLimited'],
  [500, 'rpc error: code = ResourceExhausted', 'retry/server'],
]);

const refusals = [
  `entry for stream '{a="b"}' has timestamp too old: 2019-10-11T20:57:18Z, oldest acceptable timestamp is: 2026-11-21T08:00:00Z`,
  `entry for stream '{a="b"}' has timestamp too new: 2027-10-11T20:57:18Z`,
  "entry with timestamp 2026-09-25 07:52:43 +0000 UTC ignored, reason: 'entry too far behind, oldest acceptable timestamp is: 2026-09-25T08:24:02Z',",
  'entry with timestamp 2021-10-13 12:47:03 +0000 UTC ignored, reason: \'entry out of order\' for stream: {a="b"},',
];

for (const refusal of refusals) {
  test(`loki: an alert that is refused with "${refusal.slice(0, 60)}…" is filed under the present time`, async (t) => {
    const startedNs = BigInt(Date.now()) * 1_000_000n;
    const { origin, received } = await startDestination(t, (request) => {
      const isOld = pushedIn(request).some(({ timeNs }) => timeNs < startedNs);
      return isOld ? { status: 400, body: refusal } : { status: 204 };
    });
    const context = { settings: settingsOf(loki, { url: origin }), http: httpClient(t) };
    const alert = alertWith();
    assert.equal(verdictOf(await attempt(loki, context, [deliveryOf(alert)])), 'delivered');
    const [, again] = received.map(pushedIn);
    const { time, tags } = JSON.parse(again?.[0]?.line ?? '') as { time: string; tags: string[] };
    assert.deepEqual([time, tags], [alert.time, ['T1555', 'container', 'filesystem', 'late']]);
    // Of several it does not know which are meant: the engine halves a batch that is refused.
    const two = [alert, alertWith({ rule: 'other' })].map((one) => deliveryOf(one));
    assert.equal(verdictOf(await attempt(loki, context, two)), 'reject/payload');
  });
}
