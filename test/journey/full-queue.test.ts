import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Priority, PRIORITIES } from '../../src/alert.ts';
import { accountOf, assertNothingLost, readBooks } from '../support/accounts.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';
import { type NumberedAlert, numberedAlert, numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** One output is down for ever, and the queue is small: that costs the dead output, and no other. */

const BYTES_MAX = 4 * 1024 * 1024;
const ALERTS = 8000;
const BATCH = 200;
const priorities = new Map<string, Priority>();

test('what is shed is the dead output’s, the least severe first, and counted', async (t) => {
  const { hub, healthy, dead, poster, waitingFor } = await arrange(t, 'shed');
  for (const alerts of batches(ALERTS)) {
    const { status } = await poster.post(...alerts);
    assert.equal(status, 200);
    // Who is not down keeps up: what it has is not shed.
    await eventually('the healthy one has them', () => waitingFor('healthy') === 0);
  }
  const spared = accountOf(hub, 'healthy', healthy, poster);
  assertNothingLost(spared);
  assert.equal(spared.suppressed, 0);

  const account = accountOf(hub, 'dead', dead, poster);
  console.log(`dead: ${JSON.stringify(account)}`);
  assertNothingLost(account);
  assert.ok(account.suppressed > 0, 'nothing was shed');
  const keptBytes = account.waiting * numberedAlert(0, { padding: PADDING }).json.length;
  assert.ok(keptBytes > BYTES_MAX / 3, `only ${keptBytes} bytes are left`);
  const labels = { output: 'dead', reason: 'shed' };
  assert.equal(await metric(hub, 'tocsin_output_suppressed_total', labels), account.suppressed);
  assertMostSevereKept(readBooks(hub, 'dead').waiting);
  const line = hub.log().find(({ msg }) => msg.startsWith('The queue is full'));
  assert.ok(line);

  await dead.open();
  await eventually('it gets what is left', () => waitingFor('dead') === 0);
  const after = accountOf(hub, 'dead', dead, poster);
  assertNothingLost(after);
  assert.equal(after.delivered + after.suppressed, ALERTS);
});

test('a burst larger than the queue is taken as far as it can be, and leaves it in order', async (t) => {
  const { hub, healthy, dead, poster, waitingFor } = await arrange(t, 'shed');
  await Promise.all(batches(ALERTS).map((alerts) => poster.post(...alerts)));
  await eventually('alerts are taken again', async () => {
    return (await poster.post(...numberedAlerts(1_000_000, 1))).status === 200;
  });
  await eventually('the healthy one has what it gets', () => waitingFor('healthy') === 0);
  for (const [name, server] of Object.entries({ healthy, dead })) {
    const account = accountOf(hub, name, server, poster);
    console.log(`${name}: ${JSON.stringify(account)}`);
    assertNothingLost(account);
    const { acknowledged, delivered, suppressed, waiting } = account;
    assert.equal(delivered + suppressed + waiting, acknowledged, 'no delivery is told as shed');
  }
});

test('with `reject` nothing is given up: senders are asked to come back', async (t) => {
  const { hub, healthy, dead, poster, waitingFor } = await arrange(t, 'reject');
  for (const alerts of batches(ALERTS)) {
    const { status, text, headers } = await poster.post(...alerts);
    if (status === 200) continue;
    assert.equal(status, 503);
    assert.equal(JSON.parse(text).code, 'queue_full');
    assert.equal(headers['retry-after'], '5');
    break;
  }
  const taken = poster.acknowledged.size;
  assert.ok(taken < ALERTS, 'it never was full');
  await eventually('the healthy one has all', () => waitingFor('healthy') === 0);
  assert.equal(accountOf(hub, 'healthy', healthy, poster).delivered, taken);
  const account = accountOf(hub, 'dead', dead, poster);
  console.log(`reject: ${JSON.stringify(account)}`);
  assertNothingLost(account);
  assert.deepEqual([account.waiting, account.suppressed], [taken, 0]);

  await dead.open();
  await eventually('there is room again', async () => {
    return (await poster.post(...numberedAlerts(1_000_000, 1))).status === 200;
  });
  await eventually('it gets everything', () => waitingFor('dead') === 0);
  assertNothingLost(accountOf(hub, 'dead', dead, poster));
});

async function arrange(t: Parameters<typeof startHub>[0], whenFull: string) {
  const healthy = await startChecking(t);
  const dead = await startChecking(t);
  await dead.close();
  const hub: HubProcess = await startHub(t, {
    queue: { bytesMax: BYTES_MAX, whenFull },
    outputs: {
      healthy: { type: 'webhook', url: healthy.url, body: 'ndjson' },
      dead: { type: 'webhook', url: dead.url, body: 'ndjson' },
    },
  });
  const poster = createPoster(t, hub);
  const waitingFor = (output: string): number => {
    return [...readBooks(hub, output).waiting].filter((uuid) => poster.acknowledged.has(uuid))
      .length;
  };
  return { hub, healthy, dead, poster, waitingFor };
}

/** One alert in 50 is one that must never be shed; all of those fit. */
function* batches(count: number): Generator<NumberedAlert[]> {
  for (let from = 0; from < count; from += BATCH) {
    yield Array.from({ length: BATCH }, (_, i) => {
      const number = from + i;
      const severity = number % 50 === 0 ? (number / 50) % 4 : 4 + (number % 4);
      const priority = PRIORITIES[severity] ?? 'debug';
      const alert = numberedAlert(number, { priority, padding: PADDING });
      priorities.set(alert.uuid, priority);
      return alert;
    });
  }
}

const PADDING = 'x'.repeat(600);

/** Nothing from Error up was shed, and of the rest the less severe, the less was kept. */
function assertMostSevereKept(left: ReadonlySet<string>): void {
  const shares = PRIORITIES.map((wanted) => {
    const all = [...priorities].filter(([, priority]) => priority === wanted);
    return all.filter(([uuid]) => left.has(uuid)).length / all.length;
  });
  assert.deepEqual(shares.slice(0, 4), [1, 1, 1, 1]);
  assert.deepEqual(
    shares,
    shares.toSorted((a, b) => b - a),
    'the less severe was kept',
  );
}
