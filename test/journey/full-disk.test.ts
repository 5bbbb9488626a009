import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { get, metric, startHub } from '../support/hub-process.ts';
import { numberedAlert, numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';
import { fillDisk, mountDisk, whereToMount } from '../support/small-disk.ts';

/** A disk that is full, or cannot be written: what was promised is kept, the rest still goes out. */

const where = whereToMount();
const skip = where === 'here' ? false : 'needs root, or unshare -rm, to mount a small disk';

test('in a namespace of its own, all of this holds', { skip: where !== 'unshared' }, () => {
  const args = ['-rm', process.execPath, '--test', fileURLToPath(import.meta.url)];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync('unshare', args, { env });
  assert.equal(status, 0, stdout.toString());
});

test('a full disk costs nothing that was promised, and goes on when there is room', {
  skip,
}, async (t) => {
  const disk = mountDisk(t, 32);
  const down = await startChecking(t);
  const up = await startChecking(t);
  await down.close();
  const hub = await startHub(
    t,
    {
      queue: { whenFull: 'reject' },
      outputs: {
        down: { type: 'webhook', url: down.url },
        up: { type: 'webhook', url: up.url },
      },
    },
    { queueDirectory: disk },
  );
  const poster = createPoster(t, hub);
  await poster.postEach(numberedAlerts(0, 300));
  assert.equal(poster.acknowledged.size, 300);

  const giveBack = fillDisk(disk);
  let number = 300;
  await eventually('the disk is full', async () => {
    const alerts = numberedAlerts(number, 20, { padding: 'x'.repeat(10_000) });
    number += 20;
    const { status, text } = await poster.post(...alerts);
    return status === 503 && text.includes('queue_unavailable');
  });
  await eventually('there is no room for the smallest alert', async () => {
    number += 1;
    return (await poster.post(numberedAlert(number))).status === 503;
  });
  const refused = numberedAlert(1_000_000);
  const answer = await poster.post(refused);
  assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5']);
  // Progress of what goes out may still find room, and with it the queue is well for a moment.
  await eventually('it says so', async () => {
    number += 1;
    await poster.post(numberedAlert(number));
    const { status, text } = await get(hub, '/readyz');
    return status === 503 && text.includes('"queue":"full"');
  });
  assert.equal((await get(hub, '/healthz')).status, 200);
  await eventually('what was refused arrives from memory', () => up.taken.has(refused.uuid));
  assert.ok((await metric(hub, 'tocsin_alerts_not_durable_total')) > 20);
  assertNothingLost(accountOf(hub, 'down', down, poster));

  giveBack();
  await eventually('alerts are kept again', async () => {
    number += 1;
    return (await poster.post(numberedAlert(number))).status === 200;
  });
  assert.equal((await get(hub, '/readyz')).status, 200);
  await down.open();
  for (const [name, server] of Object.entries({ down, up })) {
    const waiting = (): number => accountOf(hub, name, server, poster).waiting;
    await eventually(`all arrive at ${name}`, () => waiting() === 0);
    const account = accountOf(hub, name, server, poster);
    console.log(`${name}: ${JSON.stringify(account)}`);
    assertNothingLost(account);
    assert.equal(account.delivered, account.acknowledged);
  }
});

test('kill -9 on a full disk, and a start on it, lose nothing', { skip }, async (t) => {
  const disk = mountDisk(t, 32);
  const server = await startChecking(t);
  await server.close();
  const hub = await startHub(
    t,
    {
      queue: { whenFull: 'reject' },
      outputs: { down: { type: 'webhook', url: server.url } },
    },
    { queueDirectory: disk },
  );
  const poster = createPoster(t, hub);
  await poster.postEach(numberedAlerts(0, 100));
  const giveBack = fillDisk(disk);
  const filling = numberedAlerts(100, 2000, { padding: 'x'.repeat(10_000) });
  await poster.postEach(filling);
  assert.ok((poster.answers.get(503) ?? 0) > 0);
  await hub.kill();
  await hub.start();
  await server.open();
  await eventually('what was kept is sent as far as can be settled', () => server.taken.size > 0);
  giveBack();
  const waiting = (): number => accountOf(hub, 'down', server, poster).waiting;
  await eventually('all arrive', () => waiting() === 0);
  const account = accountOf(hub, 'down', server, poster);
  console.log(JSON.stringify(account), poster.answers);
  assertNothingLost(account, 8);
});

test('a directory that cannot be written: alerts go out, promised to nobody', {
  skip,
}, async (t) => {
  const disk = mountDisk(t, 1, 'ro');
  const server = await startChecking(t);
  const hub = await startHub(
    t,
    { outputs: { up: { type: 'webhook', url: server.url } } },
    { queueDirectory: disk },
  );
  const poster = createPoster(t, hub);
  await poster.postEach(numberedAlerts(0, 50));
  assert.deepEqual([...poster.answers], [[503, 50]]);
  await eventually('they arrive all the same', () => server.taken.size === 50);
  const ready = await get(hub, '/readyz');
  assert.equal(ready.status, 503);
  assert.match(ready.text, /EROFS|read-only/);
  assert.equal(await metric(hub, 'tocsin_alerts_not_durable_total'), 50);
  assert.equal(await hub.stop(), 0);
});
