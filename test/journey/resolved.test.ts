import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { startDestination } from '../support/http-destination.ts';
import { startHub } from '../support/hub-process.ts';

/** An alert of Alertmanager and its end, by the routes that PagerDuty's README names. */

const LABELS = { alertname: 'NodeDown', severity: 'critical', node: 'worker-01' };
const ALERT = {
  status: 'firing',
  labels: LABELS,
  annotations: { summary: 'worker-01 is gone' },
  startsAt: '2026-08-11T02:00:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'f6cdb2f803e0d681',
};
const END = { ...ALERT, status: 'resolved', endsAt: '2026-08-11T02:10:00Z' };

test('an alert of Alertmanager opens an incident, and its end closes that one', async (t) => {
  const pages = await startDestination(t, (response) => response.writeHead(202).end());
  const log = await startDestination(t);
  const hub = await startHub(t, {
    outputs: {
      oncall: { type: 'pagerduty', routingKey: 'planted-routing-key', url: pages.origin },
      log: { type: 'webhook', url: log.origin },
    },
    routes: [
      {
        match: 'priority >= CRITICAL || ingest.agent == "alertmanager" && "resolved" in tags',
        outputs: ['oncall', 'log'],
      },
      { outputs: ['log'] },
    ],
  });
  const post = async (path: string, body: object) => {
    const answer = await fetch(hub.origin() + path, { method: 'POST', body: JSON.stringify(body) });
    assert.equal(answer.status, 200);
  };
  const tell = (alert: object) =>
    post('/alertmanager', { version: '4', groupKey: '{}', alerts: [alert] });
  await tell(ALERT);
  await eventually('somebody is paged', () => pages.requests.length === 1);
  const forged = { 'alertmanager.fingerprint': ALERT.fingerprint };
  const line = { rule: 'R', priority: 'Notice', output: 'o', source: 'alertmanager' };
  await post('/', { ...line, tags: ['resolved'], output_fields: forged });
  await tell(END);
  await eventually('the log has all', () => log.requests.length === 3);
  await eventually('the end is told', () => pages.requests.length === 2);
  const [opens, closes] = pages.requests.map(({ body }) => JSON.parse(body));
  assert.deepEqual([opens.event_action, closes.event_action], ['trigger', 'resolve']);
  assert.equal(closes.dedup_key, opens.dedup_key);
  assert.equal(await hub.stop(), 0);
});
