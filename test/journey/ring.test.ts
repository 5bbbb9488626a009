import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBooks } from '../support/accounts.ts';
import { eventually } from '../support/eventually.ts';
import { get, type HubConfig, type HubProcess, metric, startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/**
 * Two hubs that forward to each other. Each changes a field, so that what comes round again is no
 * resend that could be recognised.
 */

const rewriting = { normalise: { templatedFields: { rounds: '{{ .rounds }}+' } } };

const outputsTo = {
  webhook: (hub: HubProcess) => ({ type: 'webhook', url: `${hub.origin()}/` }),
  ndjson: (hub: HubProcess) => ({
    type: 'webhook',
    url: `${hub.origin()}/`,
    body: 'ndjson',
    batch: { wait: '0' },
  }),
  tocsin: (hub: HubProcess) => ({ type: 'tocsin', address: hub.grpc(), plaintext: true }),
} satisfies Record<string, (hub: HubProcess) => object>;

for (const [name, outputTo] of Object.entries(outputsTo)) {
  test(`an alert that goes in a circle ends as a dead letter after 8 hops (${name})`, async (t) => {
    const nowhere = { type: 'file', path: '/dev/null' };
    const base: HubConfig = { ...rewriting, ingest: { grpc: {} }, outputs: { nowhere } };
    const [one, two] = await Promise.all([startHub(t, base), startHub(t, base)]);
    for (const [hub, other] of [
      [one, two],
      [two, one],
    ] as const) {
      hub.configure({ ...base, outputs: { next: outputTo(other) } });
      hub.signal('SIGHUP');
      await eventually('it is reloaded', async () => (await reloads(hub)) > 0);
    }
    const poster = createPoster(t, one);
    await poster.post(...numberedAlerts(0, 3));
    assert.equal(poster.acknowledged.size, 3);

    await eventually('the circle ends', () => deadOf(one) + deadOf(two) >= 3);
    await eventually('nothing is on its way', () => waitingOf(one) + waitingOf(two) === 0);
    // Nine hops for the first, and what the hubs say of it themselves goes round, too. Alerts that
    // share a request share its highest hop count, so some end earlier.
    const accepted = (await acceptedBy(one)) + (await acceptedBy(two));
    assert.ok(accepted >= 9 + 2 && accepted <= 5 * 9, `${accepted} alerts were taken`);
    assert.match(one.stderr() + two.stderr(), /loop/);
    for (const hub of [one, two]) {
      assert.equal((await get(hub, '/readyz')).status, 200);
      assert.equal(await hub.stop(), 0);
    }
  });
}

function reloads(hub: HubProcess): Promise<number> {
  return metric(hub, 'tocsin_config_reloads_total', { result: 'ok' });
}

function deadOf(hub: HubProcess): number {
  return readBooks(hub, 'next').dead.size;
}

function waitingOf(hub: HubProcess): number {
  return readBooks(hub, 'next').waiting.size;
}

function acceptedBy(hub: HubProcess): Promise<number> {
  return metric(hub, 'tocsin_alerts_accepted_total');
}
