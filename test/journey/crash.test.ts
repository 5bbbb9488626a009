import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { type CheckingServer, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-process.ts';
import { alertsWhile } from '../support/numbered-alerts.ts';
import { createPoster, type Poster } from '../support/posting.ts';
import { Random } from '../support/random.ts';

/** `kill -9` in the middle of everything: what was answered is there after the next start. */

const KILLS = 4;

/** What the lane may have under way or not yet written down: 2 x concurrency x batch. */
const ways = {
  single: { concurrency: 4, batch: { alertsMax: 1 }, window: 8 },
  batched: { body: 'ndjson', concurrency: 2, batch: { alertsMax: 50 }, window: 200 },
} as const;

for (const [name, { window, ...settings }] of Object.entries(ways)) {
  test(`kill -9 while posting loses nothing, and repeats at most the window (${name})`, async (t) => {
    const server = await startChecking(t, () => ({ status: 200, afterMs: 5 }));
    const hub = await startHub(t, {
      outputs: { checked: { type: 'webhook', url: server.url, ...settings } },
    });
    const poster = createPoster(t, hub);
    const posting = { goesOn: true };
    const posted = poster.postEach(alertsWhile(posting));
    const random = new Random(Date.now());
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = poster.acknowledged.size;
      await eventually('alerts are taken', () => poster.acknowledged.size > before + 50);
      await pause(random.below(200));
      await hub.kill();
      await hub.start();
    }
    posting.goesOn = false;
    await posted;
    await eventually('all arrive', () => hasAll(server, poster));
    assert.equal(await hub.stop(), 0);
    const account = accountOf(hub, 'checked', server, poster);
    console.log(`${name}: ${JSON.stringify(account)}`);
    assertNothingLost(account, KILLS * window);
    assert.equal(account.waiting, 0);
    assert.ok(account.acknowledged > KILLS * 50);
  });
}

function hasAll({ taken }: CheckingServer, { acknowledged }: Poster): boolean {
  return [...acknowledged].every((uuid) => taken.has(uuid));
}
