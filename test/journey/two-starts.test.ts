import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { prepareHub, startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

test('of two hubs on one directory the second ends and says why; the first goes on', async (t) => {
  const server = await startChecking(t, () => ({ status: 200, afterMs: 20 }));
  const config = { outputs: { checked: { type: 'webhook', url: server.url } } };
  const first = await startHub(t, config);
  const poster = createPoster(t, first);
  await poster.postEach(numberedAlerts(0, 50));

  const second = prepareHub(t, config, { queueDirectory: first.queueDirectory });
  await assert.rejects(second.start());
  const code = await second.exited();
  assert.ok(code !== null && code > 0, `exit code ${code}`);
  assert.match(second.stderr(), /Another hub has this queue directory/);
  assert.match(second.stderr(), /queue\.directory/);

  await poster.postEach(numberedAlerts(50, 50));
  await eventually('all arrive', () => server.taken.size >= 100);
  await first.kill();
  await second.start();
  await second.stop();
  const account = accountOf(first, 'checked', server, poster);
  assertNothingLost(account, 8);
  assert.equal(account.acknowledged, 100);
});
