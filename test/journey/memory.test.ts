import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryMiB } from '../bench/child.ts';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster, type Poster } from '../support/posting.ts';
import { shippedFlags } from '../support/shipped-flags.ts';

const ALERTS = 50_000;
const FIRST = 10_000;
const BATCH = 100;
const WAITING_MIB_MAX = 250;
const SENDING_MIB_MAX = 350;
/** What waits is on disk; the 40,000 in between are 44 MiB of text. */
const GROWTH_MIB_MAX = 40;

const linux = process.platform === 'linux' ? false : 'needs /proc';

test('memory stays bounded while 50,000 alerts wait', { skip: linux }, async (t) => {
  const slow = await startChecking(t, () => ({ status: 200, afterMs: 100 }));
  const away = await startChecking(t);
  await away.close();
  const outputs = {
    slow: { type: 'webhook', url: slow.url },
    away: { type: 'webhook', url: away.url, body: 'ndjson' },
  };
  const hub = await startHub(t, { outputs }, { nodeFlags: shippedFlags() });
  const poster = createPoster(t, hub);
  await postAll(poster, 0, FIRST);
  const first = Math.round(memoryMiB(hub.pid()).peak);
  await postAll(poster, FIRST, ALERTS);
  assert.equal(poster.acknowledged.size, ALERTS);
  const last = Math.round(memoryMiB(hub.pid()).peak);
  assert.ok(accountOf(hub, 'slow', slow, poster).waiting > ALERTS / 2, 'nothing waits');

  await away.open();
  await eventually('what was away has all', () => away.taken.size >= ALERTS);
  assertNothingLost(accountOf(hub, 'away', away, poster));
  const sent = Math.round(memoryMiB(hub.pid()).peak);
  console.log(
    `peak MiB: ${first} while ${FIRST} wait, ${last} while ${ALERTS} do, ${sent} at last`,
  );
  assert.ok(last - first < GROWTH_MIB_MAX && last < WAITING_MIB_MAX && sent < SENDING_MIB_MAX);
});

/** Over two connections, as a few busy agents would. */
async function postAll(poster: Poster, from: number, to: number): Promise<void> {
  const batches = Array.from({ length: (to - from) / BATCH }, (_, i) => from + i * BATCH).values();
  const work = async (): Promise<void> => {
    for (const first of batches) await poster.post(...numberedAlerts(first, BATCH, { padding }));
  };
  await Promise.all([work(), work()]);
}

/** As large as a Falco alert is. */
const padding = 'x'.repeat(500);

/** Of the 16 that a start leaves behind in a process that runs the sources. */
const GIVEN_MIB_MIN = 6;

test('what a start has taken goes back to the system when it is quiet', {
  skip: linux,
}, async (t) => {
  const { url } = await startChecking(t);
  const outputs = { out: { type: 'webhook', url } };
  const hub = await startHub(t, { outputs }, { nodeFlags: shippedFlags() });
  await eventually('memory is given back', () => {
    const { now, peak } = memoryMiB(hub.pid());
    return peak - now > GIVEN_MIB_MIN;
  });
});
