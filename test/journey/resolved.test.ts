import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { startDestination } from '../support/http-destination.ts';
import { type HubProcess, startHub } from '../support/hub-process.ts';

/** An alert of Alertmanager and its end, by a minimum priority and by a route. */

const LABELS = { alertname: 'NodeDown', severity: 'critical', node: 'worker-01' };
const ALERT = {
  status: 'firing',
  labels: LABELS,
  annotations: { summary: 'worker-01 is gone' },
  startsAt: '2026-08-11T02:00:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'f6cdb2f803e0d681',
};
const MILD = { ...LABELS, alertname: 'DiskHalfFull', severity: 'warning' };
const END = { ...ALERT, status: 'resolved', endsAt: '2026-08-11T02:10:00Z' };

/** What a rule of Falco can say, at most. */
function forged(priority: string): object {
  const fields = {
    'alertmanager.fingerprint': ALERT.fingerprint,
    'alertmanager.starts': ALERT.startsAt,
    'alertmanager.status': 'resolved',
  };
  const line = { rule: `R ${priority}`, priority, output: 'o', source: 'alertmanager' };
  return { ...line, tags: ['resolved'], output_fields: fields };
}

const ROUTES = [
  { match: 'priority >= CRITICAL', outputs: ['oncall', 'log'] },
  { outputs: ['log'] },
];

for (const [way, minimum, routes] of [
  ['its minimum priority', { minimumPriority: 'critical' }, []],
  ['a route by priority', {}, ROUTES],
] as const) {
  test(`by ${way} on-call is told of an alert of Alertmanager and of its end, which closes the incident`, async (t) => {
    const pages = await startDestination(t, (response) => response.writeHead(202).end());
    const log = await startDestination(t);
    const oncall = { type: 'pagerduty', routingKey: 'planted-routing-key', url: pages.origin };
    const hub = await startHub(t, {
      outputs: { oncall: { ...oncall, ...minimum }, log: { type: 'webhook', url: log.origin } },
      routes,
    });
    const { post, tell } = sendersTo(hub);
    await tell(ALERT);
    await eventually('somebody is paged', () => pages.requests.length === 1);
    await post('/', forged('Notice'));
    await post('/', forged('Critical'));
    await eventually('a rule pages, whatever its tags', () => pages.requests.length === 2);
    await tell(END, { ...END, labels: MILD });
    await eventually('the log has all', () => log.requests.length === 5);
    await eventually('the end is told', () => pages.requests.length === 3);
    const [opens, other, closes] = pages.requests.map(({ body }) => JSON.parse(body));
    const actions = [opens, other, closes].map((page) => page.event_action);
    assert.deepEqual(actions, ['trigger', 'trigger', 'resolve']);
    assert.equal(closes.dedup_key, opens.dedup_key);
    assert.notEqual(other.dedup_key, opens.dedup_key);
    assert.equal(await hub.stop(), 0);
    assert.equal(pages.requests.length, 3);
  });
}

/** One hub before another, of which the latter pages. */
const FORWARDING = {
  tocsin: (hub: HubProcess) => ({ type: 'tocsin', address: hub.grpc(), plaintext: true }),
  webhook: (hub: HubProcess) => ({ type: 'webhook', url: hub.origin() }),
  'webhook, many a request': (hub: HubProcess) => ({
    type: 'webhook',
    url: hub.origin(),
    body: 'ndjson',
    batch: { wait: '200ms' },
  }),
  cloudevents: (hub: HubProcess) => ({ type: 'cloudevents', url: hub.origin() }),
} as const;

for (const [way, outputTo] of Object.entries(FORWARDING)) {
  test(`what a hub forwards opens and closes the incident at the next one (${way})`, async (t) => {
    const pages = await startDestination(t, (response) => response.writeHead(202).end());
    const oncall = { type: 'pagerduty', routingKey: 'planted-routing-key', url: pages.origin };
    const next = await startHub(t, {
      ingest: { grpc: {} },
      outputs: { oncall: { ...oncall, minimumPriority: 'critical' } },
    });
    const first = await startHub(t, { outputs: { next: outputTo(next) } });
    const { post, tell } = sendersTo(first);
    await tell(ALERT);
    await post('/', forged('Critical'));
    await eventually('both page', () => pages.requests.length === 2);
    await tell(END);
    await post('/', forged('Alert'));
    await eventually('the end is told, and one more pages', () => pages.requests.length === 4);
    const sent = pages.requests.map(({ body }) => JSON.parse(body));
    const [closes, ...others] = sent.filter((page) => page.event_action === 'resolve');
    assert.deepEqual(others, []);
    const opens = sent.filter((page) => page.dedup_key === closes.dedup_key);
    assert.deepEqual(
      opens.map((page) => page.event_action),
      ['trigger', 'resolve'],
    );
    assert.match(closes.payload.summary, /^\[RESOLVED\] worker-01 is gone/);
    assert.equal(await first.stop(), 0);
    assert.equal(await next.stop(), 0);
  });
}

function sendersTo(hub: HubProcess) {
  const post = async (path: string, body: object): Promise<void> => {
    const request = { method: 'POST', body: JSON.stringify(body) };
    assert.equal((await fetch(hub.origin() + path, request)).status, 200);
  };
  return {
    post,
    tell: (...alerts: object[]) => post('/alertmanager', { version: '4', groupKey: '{}', alerts }),
  };
}
