import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

const shapes = {
  single: {},
  batches: { body: 'ndjson' },
  waiting: { body: 'ndjson', batch: { wait: '20ms' } },
};

for (const [name, shape] of Object.entries(shapes)) {
  test(`an alert for an output that is idle goes at once (${name})`, async (t) => {
    const server = await startChecking(t);
    const hub = await startHub(t, {
      outputs: { checked: { type: 'webhook', url: server.url, ...shape } },
    });
    const poster = createPoster(t, hub);
    const tookMs: number[] = [];
    for (const alert of numberedAlerts(0, 5)) {
      const startedMs = performance.now();
      await poster.post(alert);
      await eventually('it arrives', () => server.taken.has(alert.uuid));
      tookMs.push((server.arrivals.at(-1)?.atMs ?? 0) - startedMs);
    }
    // The machine may be busy: what makes an alert wait does so with each.
    assert.ok(Math.min(...tookMs) < 300, `it took ${tookMs.map(Math.round).join(', ')} ms`);
  });
}
