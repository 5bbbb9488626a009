import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery } from '../../src/output/define.ts';
import { parseLossless } from '../../src/json.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, type Reply, startDestination } from '../../test/contract/server.ts';
import splunk from './index.ts';

const TOKEN = 'planted0-0000-0000-0000-000000000000';
const settings = (origin: string) => ({ url: origin, token: TOKEN, index: 'security' });

function json(value: object, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** HEC, for a token with or without indexer acknowledgement. */
function hec(ackId: number | undefined) {
  return ({ path, headers, body }: Received): Reply => {
    assert.equal(headers['authorization'], `Splunk ${TOKEN}`);
    if (ackId === undefined) return json({ text: 'Success', code: 0 });
    if (!/^[\da-f-]{36}$/.test(headers['x-splunk-request-channel'] ?? '')) {
      return json({ text: 'Data channel is missing', code: 10 }, 400);
    }
    if (path === '/services/collector/event') return json({ text: 'Success', code: 0, ackId });
    assert.equal(path, '/services/collector/ack');
    const { acks } = JSON.parse(body) as { acks: number[] };
    return json({ acks: Object.fromEntries(acks.map((id) => [id, true])) });
  };
}

interface HecEvent {
  readonly time: number;
  readonly host?: string;
  readonly source: string;
  readonly sourcetype: string;
  readonly index: string;
  readonly event: { readonly uuid: string };
}

function check(requests: readonly Received[], deliveries: readonly Delivery[]): void {
  const events = requests
    .filter(({ path }) => path === '/services/collector/event')
    .flatMap(({ body }) => body.split('\n'))
    .map((line) => parseLossless(line) as HecEvent);
  assert.equal(events.length, deliveries.length);
  for (const [n, { alert }] of deliveries.entries()) {
    const { event, time, host = '', source, index, ...others } = events[n] as HecEvent;
    assert.deepEqual(others, { sourcetype: 'falco' });
    assert.equal(event.uuid, alert.uuid);
    assert.deepEqual([time, index], [1_786_406_649.137, 'security']);
    assert.doesNotMatch(host + source, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  }
}

for (const [variant, acknowledge] of [
  ['at once', false],
  ['by indexers', true],
] as const) {
  httpContract(splunk, {
    variant,
    settings: (origin) => ({ ...settings(origin), acknowledge }),
    accepted: hec(acknowledge ? 7 : undefined),
    check,
    sendsNumbers: true,
    lookalikes: [{ status: 200 }, json({ code: 1 }), json({ text: 'Success' }), json([])],
    oddAlerts: 100,
  });
}

answersMean(splunk, settings, [
  [403, { text: 'Token disabled', code: 1 }, 'retry/auth'],
  [401, { text: 'Token is required', code: 2 }, 'retry/auth'],
  [403, { text: 'Invalid token', code: 4 }, 'retry/auth'],
  [400, { text: 'Invalid data format', code: 6, 'invalid-event-number': 0 }, 'reject/payload'],
  [400, { text: 'Incorrect index', code: 7, 'invalid-event-number': 0 }, 'retry/client'],
  [400, { text: 'Data channel is missing', code: 10 }, 'retry/client'],
  [400, { text: 'ACK is disabled', code: 14 }, 'retry/client'],
  [503, { text: 'Server is busy', code: 9 }, 'retry/server'],
]);

test('splunk: an alert counts when indexers have it', async (t) => {
  const answers = [{ acks: { 7: false } }, { acks: { 7: false } }, { acks: { 7: true } }];
  const { origin, received } = await startDestination(t, ({ path }) =>
    json(path.endsWith('/ack') ? (answers.shift() ?? {}) : { text: 'Success', code: 0, ackId: 7 }),
  );
  const context = {
    settings: settingsOf(splunk, { url: origin, token: TOKEN, acknowledge: true }),
    http: httpClient(t),
  };
  assert.equal(verdictOf(await attempt(splunk, context, [deliveryOf(alertWith())])), 'delivered');
  const channels = received.map(({ headers }) => headers['x-splunk-request-channel']);
  assert.deepEqual([channels.length, new Set(channels).size], [4, 1]);
});

const unsure: readonly [name: string, answer: (path: string) => Reply, verdict: string][] = [
  ['never has them', () => json({ code: 0, ackId: 7, acks: { 7: false } }), 'retry/timeout'],
  ['gives no ackId', () => json({ code: 0 }), 'retry/client'],
  ['speaks of others', () => json({ code: 0, ackId: 7, acks: { 8: true } }), 'retry/client'],
  [
    'refuses to say',
    (path) =>
      json({ code: path.endsWith('/ack') ? 14 : 0, ackId: 7 }, path.endsWith('/ack') ? 400 : 200),
    'retry/client',
  ],
];

for (const [name, answer, verdict] of unsure) {
  test(`splunk: a collector that ${name} has delivered nothing`, async (t) => {
    const { origin } = await startDestination(t, ({ path }) => answer(path));
    const context = {
      settings: settingsOf(splunk, { url: origin, token: TOKEN, acknowledge: true }),
      http: httpClient(t),
      signal: AbortSignal.timeout(verdict === 'retry/timeout' ? 1000 : 60_000),
    };
    assert.equal(verdictOf(await attempt(splunk, context, [deliveryOf(alertWith())])), verdict);
  });
}

for (const path of ['/services/collector', '/services/collector/event/1.0', '/hec/event/']) {
  test(`splunk: acknowledgements of ${path} are beside it`, async (t) => {
    const { origin, received } = await startDestination(t, () =>
      json({ code: 0, ackId: 7, acks: { 7: true } }),
    );
    const context = {
      settings: settingsOf(splunk, { url: origin + path, token: TOKEN, acknowledge: true }),
      http: httpClient(t),
    };
    await attempt(splunk, context, [deliveryOf(alertWith())]);
    const expected = path.startsWith('/hec') ? '/hec/ack' : '/services/collector/ack';
    assert.deepEqual(
      received.map((request) => request.path),
      [path, expected],
    );
  });
}
