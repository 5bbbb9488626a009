import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startService } from '../services/service.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-process.ts';

/** A real Alertmanager, and a real Prometheus before it, whose webhook is the hub. */

test('a real Alertmanager posts to the hub', { timeout: 600_000 }, async (t) => {
  const { hub, alertmanager, arrived } = await start(t);
  if (alertmanager === undefined) return;
  const url = `${alertmanager['ALERTMANAGER_URL']}/api/v2/alerts`;
  const post = async (name: string, endsAt?: string): Promise<void> => {
    const labels = { alertname: name, severity: 'warning', namespace: 'shop' };
    const alert = { labels, annotations: { summary: `${name} it is.` }, endsAt };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify([alert]) });
    assert.equal(answer.status, 200, await answer.text());
  };

  await t.test('what fires, and that it is over', async () => {
    await post('First');
    await eventually('it fires', () => arrived('First').length === 1);
    const [first] = arrived('First');
    assert.equal(first?.priority, 'Warning');
    assert.match(first?.output ?? '', /First it is\./);
    await post('First', new Date().toISOString());
    await eventually('it is over', () => arrived('First').length === 2);
    const [, over] = arrived('First');
    assert.equal(over?.priority, 'Warning');
    assert.equal(over?.output, '[RESOLVED] First it is.');
    assert.ok(over?.tags.includes('resolved'));
  });

  await t.test('a hub that is away is told when it is back, once', async () => {
    await hub.kill();
    await post('Second');
    await hub.start();
    await eventually('it fires', () => arrived('Second').length > 0);
    assert.equal(arrived('Second').length, 1);
  });

  await t.test('a rule of a real Prometheus', async (t) => {
    const prometheus = await startService(t, 'prometheus', {
      PROMETHEUS_ALERTMANAGER: alertmanager['ALERTMANAGER_ADDRESS'] ?? '',
    });
    if (prometheus === undefined) return;
    await eventually('it fires', () => arrived('AlwaysOn').length > 0);
    const [alert] = arrived('AlwaysOn');
    assert.equal(alert?.priority, 'Critical');
    assert.match(alert?.output ?? '', /It is on: 1\./);
  });
});

interface Arrived {
  readonly rule: string;
  readonly priority: string;
  readonly output: string;
  readonly tags: readonly string[];
}

async function start(t: TestContext) {
  const server = await startChecking(t);
  const hub = await startHub(t, { outputs: { out: { type: 'webhook', url: server.url } } });
  const alertmanager = await startService(t, 'alertmanager', {
    ALERTMANAGER_RECEIVER: `${hub.origin()}/alertmanager`,
  });
  const arrived = (rule: string): Arrived[] =>
    server.arrivals
      .map(({ json }) => JSON.parse(json) as Arrived)
      .filter((alert) => alert.rule === rule);
  return { hub, alertmanager, arrived };
}
