import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { get, startHub } from '../support/hub-process.ts';

test('a sensor that falls silent is told by an alert of the hub, and shown in its metrics', async (t) => {
  const hub = await startHub(t, {
    outputs: { out: { type: 'stdout' } },
    sensors: { silentAfterOf: { 'node-1': '1s' } },
  });
  for (const hostname of ['node-1', 'node-2']) {
    const alert = { rule: 'R', priority: 'Warning', source: 'syscall', output: 'o', hostname };
    await fetch(`${hub.origin()}/`, { method: 'POST', body: JSON.stringify(alert) });
  }
  await eventually(
    'an alert about the silence',
    () => hub.stdout().includes('Tocsin: sensor silent'),
    60_000,
  );
  const lines = hub.stdout().split('\n');
  const told = lines.filter((line) => line.includes('Tocsin: sensor silent'));
  assert.equal(told.length, 1);
  assert.match(told[0]!, /A sensor has fallen silent: falco on node-1 \(last heard \d+ s ago\)/);
  const { text } = await get(hub, '/metrics');
  const labels = (host: string): string => `\\{sender="",agent="falco",hostname="${host}"\\}`;
  assert.match(text, new RegExp(`tocsin_sensor_silent${labels('node-1')} 1`));
  assert.match(text, new RegExp(`tocsin_sensor_silent${labels('node-2')} 0`));
  const [, seen = ''] =
    new RegExp(`tocsin_sensor_last_seen_seconds${labels('node-2')} (\\S+)`).exec(text) ?? [];
  assert.ok(Math.abs(Number(seen) - Date.now() / 1000) < 300);
});
