import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createControlClient } from '../../src/api/client.ts';
import { controlSocketPath } from '../../src/api/socket-path.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { get, metric, startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** An output that is no longer configured: what waits for it is given up in the end, never in silence. */

/** Gauges of an output: what waits, and what is wrong with it. */
const MEASURED = [
  'tocsin_dead_letters',
  'tocsin_ledger_mismatch',
  'tocsin_output_state',
  'tocsin_queue_depth',
];

test('an operator drops a removed output: the log and the metrics say how many it costs', async (t) => {
  const there = await startChecking(t);
  const gone = await startChecking(t, () => ({ status: 503 }));
  const stays = { type: 'webhook', url: there.url };
  const hub = await startHub(t, { outputs: { stays, goes: { type: 'webhook', url: gone.url } } });
  const poster = createPoster(t, hub);
  assert.equal((await poster.post(...numberedAlerts(0, 20))).status, 200);
  await eventually('the other has them', () => there.taken.size === 20);

  hub.configure({ outputs: { stays } });
  const control = createControlClient(controlSocketPath(hub.queueDirectory));
  await eventually('its lane is an orphan', async () => {
    const { outputs } = await control.status();
    return outputs.some(({ lane, state }) => lane.name === 'goes' && state === 'orphan');
  });
  await eventually('the metrics show it', async () => {
    const labels = { output: 'goes', state: 'orphan' };
    return (await metric(hub, 'tocsin_output_state', labels)) === 1;
  });
  assert.equal(await control.outputDrop('goes'), true);
  assert.equal((await poster.post(...numberedAlerts(100, 1))).status, 200);
  await eventually('the log tells', () =>
    hub.log().some(({ msg, alerts }) => msg.includes('a removed output') && alerts === 20),
  );
  const labels = { output: 'goes', type: 'webhook', reason: 'removed' };
  assert.equal(await metric(hub, 'tocsin_output_suppressed_total', labels), 20);
  await eventually('nothing is measured of it any more', async () => {
    const { text } = await get(hub, '/metrics');
    return MEASURED.every((name) => !text.includes(`${name}{output="goes"`));
  });
  const { text } = await get(hub, '/metrics');
  for (const name of MEASURED) assert.ok(text.includes(`${name}{output="stays"`), name);
  assert.doesNotMatch(text, /output="#/);
});
