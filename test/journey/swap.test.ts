import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { OK, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { metric, startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** What a team sees that changes the image, and what it sees that changes it back. */

const OUTPUTS_TOTAL = 'falcosecurity_falcosidekick_outputs_total';

test("an alert of Falcosidekick's chart on errors fires for each failed attempt, once for an alert that arrives", async (t) => {
  const server = await startChecking(t);
  let failures = 3;
  server.behave = () => (failures-- > 0 ? { status: 503 } : OK);
  const hub = await startHub(t, { outputs: { webhook: { type: 'webhook', url: server.url } } });
  const poster = createPoster(t, hub);
  await poster.postEach(numberedAlerts(0, 1));
  await eventually('it arrives', () => server.taken.size === 1);
  const count = (status: string) => metric(hub, OUTPUTS_TOTAL, { destination: 'webhook', status });
  await eventually('it is counted', async () => (await count('ok')) === 1);
  assert.equal(await count('error'), 3);
  assertNothingLost(accountOf(hub, 'webhook', server, poster));
});

test('the queue belongs to its user and to group 0 alike, its files to the user alone', async (t) => {
  const hub = await startHub(t, { outputs: {} });
  assert.equal(statSync(hub.queueDirectory).mode & 0o777, 0o770);
  const files = readdirSync(hub.queueDirectory);
  assert.ok(files.includes('queue.db'));
  for (const file of files) {
    assert.equal(statSync(join(hub.queueDirectory, file)).mode & 0o777, 0o600, file);
  }
});

test('before the old image comes back, `drain --to` gives what waits to another hub', async (t) => {
  const [gone, there] = [await startChecking(t), await startChecking(t)];
  await gone.close();
  const webhook = (url: string) => ({ outputs: { siem: { type: 'webhook', url } } });
  const hub = await startHub(t, webhook(gone.url));
  const other = await startHub(t, webhook(there.url));
  const poster = createPoster(t, hub);
  await poster.postEach(numberedAlerts(0, 50));
  const depth = () => metric(hub, 'tocsin_queue_depth');
  await eventually('they wait', async () => (await depth()) === 50);
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const where = ['--queue-directory', hub.queueDirectory, '--timeout', '60s'];
  const drain = ['--disable-sigusr1', main, 'drain', '--to', other.origin(), ...where];
  const { status, stdout, stderr } = spawnSync(process.execPath, drain, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  await eventually('none waits', async () => (await depth()) === 0);
  await eventually('all are there', () => there.taken.size === 50);
  assert.deepEqual(new Set(there.taken.keys()), poster.acknowledged);
});
