import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import alertmanager from '../../outputs/alertmanager/index.ts';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf, oddAlerts } from '../contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../contract/attempt.ts';
import {
  killService,
  restartService,
  type ServiceValues,
  startService,
} from '../services/service.ts';
import { corpusLines } from '../support/corpus.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** A real Alertmanager: what arrived is what it says it has. */

test('alertmanager: real Alertmanager', { timeout: 600_000 }, async (t) => {
  const server = await startService(t, 'alertmanager');
  if (server === undefined) return;
  await t.test('whatever ingest lets in is taken, and a resend is the same alert', (t) =>
    takesOnce(t, server),
  );
  await t.test('the corpus arrives, each alert with every digit', (t) => takesCorpus(t, server));
  await t.test('an end in the past is none', (t) => fires(t, server));
  await t.test('a server that is killed and started again gets the rest', (t) =>
    outlivesKill(t, server),
  );
});

interface Held {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

async function alertsOf({ ALERTMANAGER_URL }: ServiceValues, filter = ''): Promise<Held[]> {
  const query = new URLSearchParams(filter === '' ? {} : { filter });
  const response = await fetch(`${ALERTMANAGER_URL}/api/v2/alerts?${query.toString()}`);
  return (await response.json()) as Held[];
}

function uuidsOf(alerts: readonly Held[]): Set<string | undefined> {
  return new Set(alerts.map(({ labels }) => labels['uuid']));
}

function sender(t: TestContext, { ALERTMANAGER_URL }: ServiceValues, own: object = {}) {
  const settings = settingsOf(alertmanager, { urls: [ALERTMANAGER_URL], ...own });
  const http = httpClient(t);
  return async (deliveries: readonly Delivery[]): Promise<string> =>
    verdictOf(await attempt(alertmanager, { settings, http }, deliveries));
}

async function takesOnce(t: TestContext, server: ServiceValues): Promise<void> {
  const send = sender(t, server, { labels: { test: 'odd' } });
  const deliveries = oddAlerts(20_261_122, 300).map((alert) => deliveryOf(alert));
  for (let from = 0; from < deliveries.length; from += 50) {
    assert.equal(await send(deliveries.slice(from, from + 50)), 'delivered');
  }
  const held = await alertsOf(server, 'test="odd"');
  assert.deepEqual(uuidsOf(held), new Set(deliveries.map(({ alert }) => alert.uuid)));
  assert.equal(await send(deliveries.slice(0, 50)), 'delivered');
  assert.equal((await alertsOf(server, 'test="odd"')).length, held.length);
}

async function takesCorpus(t: TestContext, server: ServiceValues): Promise<void> {
  const { ALERTMANAGER_URL: url } = server;
  const hub = await startHub(t, {
    outputs: { oncall: { type: 'alertmanager', urls: [url], labels: { test: 'corpus' } } },
  });
  const body = corpusLines.join('\n');
  const { status } = await fetch(hub.origin(), { method: 'POST', body });
  assert.equal(status, 200);
  const arrived = () => alertsOf(server, 'test="corpus"');
  await eventually(
    'all are there',
    async () => uuidsOf(await arrived()).size === corpusLines.length,
  );
  const digits = (await arrived()).flatMap(({ labels }) => labels['evt_time'] ?? []);
  const sent = corpusLines.flatMap((line) => /"evt\.time":(\d+)/.exec(line)?.[1] ?? []);
  assert.ok(sent.length > 100);
  assert.deepEqual(digits.toSorted(), sent.toSorted());
}

/** It would tell nobody of an alert that is over when it comes, and does not list it. */
async function fires(t: TestContext, server: ServiceValues): Promise<void> {
  const own = { labels: { test: 'ends' }, expiresAfter: '10m' };
  const late = deliveryOf(alertWith({ time: '2026-01-01T00:00:00.123456789Z' }), 3_600_000);
  assert.equal(await sender(t, server, own)([late]), 'delivered');
  const [held] = await alertsOf(server, 'test="ends"');
  assert.equal(held?.annotations['late'], '1 h');
  assert.equal(held?.startsAt, '2026-01-01T00:00:00.123Z');
}

async function outlivesKill(t: TestContext, server: ServiceValues): Promise<void> {
  const { ALERTMANAGER_URL: url } = server;
  const hub = await startHub(t, {
    outputs: { oncall: { type: 'alertmanager', urls: [url], labels: { test: 'kill' } } },
  });
  const poster = createPoster(t, hub);
  const arrived = async (from: number, to: number) => {
    const uuids = uuidsOf(await alertsOf(server, 'test="kill"'));
    return numberedAlerts(from, to - from).every(({ uuid }) => uuids.has(uuid));
  };
  await poster.postEach(numberedAlerts(0, 20));
  await eventually('the first are there', () => arrived(0, 20));
  // It keeps alerts in memory: what it had before is its own to lose.
  await killService(server);
  await poster.postEach(numberedAlerts(20, 20));
  await restartService(server);
  await poster.postEach(numberedAlerts(40, 20));
  await eventually('the others are there', () => arrived(20, 60));
}
