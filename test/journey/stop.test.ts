import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { OK, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { get, prepareHub, startHub } from '../support/hub-process.ts';
import { alertsWhile, numberedAlert } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';
import { temporaryDirectory } from '../support/queue-directory.ts';

/** SIGTERM: what was answered arrives once, now or after the next start. */

const GRACE_MS = 30_000;
/** Time enough for a few requests, also on a busy machine. */
const LAME_DUCK_MS = 4000;
const shutdown = { grace: `${GRACE_MS}ms`, lameDuck: `${LAME_DUCK_MS}ms` };

test('SIGTERM while posting behind slow answers loses nothing and repeats nothing', async (t) => {
  const slow = await startChecking(t, () => ({ status: 200, afterMs: 200 }));
  const batches = await startChecking(t, () => ({ status: 200, afterMs: 150 }));
  const servers = Object.entries({ slow, batches });
  const outputs = {
    slow: { type: 'webhook', url: slow.url },
    batches: { type: 'webhook', url: batches.url, body: 'ndjson' },
  };
  const hub = await startHub(t, { outputs, shutdown });
  const poster = createPoster(t, hub);
  const posting = { goesOn: true };
  const posted = poster.postEach(alertsWhile(posting));
  await eventually('alerts are on their way', () => slow.taken.size > 5);

  const startedMs = performance.now();
  const stopped = hub.stop();
  await eventually('the hub says that it goes', async () => {
    const ready = await get(hub, '/readyz');
    return ready.status === 503 && ready.text.includes('"draining":true');
  });
  const before = poster.acknowledged.size;
  const ping = await get(hub, '/ping');
  assert.deepEqual([ping.status, ping.text], [200, 'pong\n']);
  const answer = await poster.post(numberedAlert(1_000_000));
  assert.deepEqual([answer.status, answer.headers['connection']], [200, 'close']);
  await eventually('alerts are still taken', () => poster.acknowledged.size > before + 10);

  assert.equal(await stopped, 0);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs > LAME_DUCK_MS && tookMs < GRACE_MS, `it took ${tookMs} ms`);
  posting.goesOn = false;
  await posted;
  assert.equal(slow.underWay + batches.underWay, 0);
  for (const [name, server] of servers) {
    assertNothingLost(accountOf(hub, name, server, poster));
  }

  slow.behave = () => OK;
  await hub.start();
  for (const [name, server] of servers) {
    const rest = (): number => accountOf(hub, name, server, poster).waiting;
    await eventually(`${name} has the rest`, () => rest() === 0);
    const account = accountOf(hub, name, server, poster);
    console.log(`${name}: ${JSON.stringify(account)}`);
    assertNothingLost(account);
    assert.equal(account.delivered, account.acknowledged);
  }
});

test('an attempt that hangs does not hold up the end beyond the grace period', async (t) => {
  const server = await startChecking(t, () => 'never');
  const hub = await startHub(t, {
    outputs: { silent: { type: 'webhook', url: server.url } },
    shutdown: { grace: '1s', lameDuck: '0' },
  });
  const poster = createPoster(t, hub);
  await poster.post(numberedAlert(1));
  await eventually('the attempt is under way', () => server.underWay === 1);
  const startedMs = performance.now();
  assert.equal(await hub.stop(), 0);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < 10_000, `it took ${tookMs} ms`);
  server.behave = () => OK;
  await hub.start();
  await eventually('it arrives after all', () => server.taken.size === 1);
  assertNothingLost(accountOf(hub, 'silent', server, poster));
});

test('a second SIGTERM ends the hub at once, and still loses nothing', async (t) => {
  const server = await startChecking(t, () => 'never');
  const hub = await startHub(t, {
    outputs: { silent: { type: 'webhook', url: server.url } },
    shutdown: { grace: '60s', lameDuck: '20s' },
  });
  const poster = createPoster(t, hub);
  await poster.post(numberedAlert(1));
  hub.signal('SIGTERM');
  await eventually('it stops', () => hub.log().some(({ msg }) => msg === 'Stopping.'));
  const startedMs = performance.now();
  assert.equal(await hub.stop(), 1);
  assert.ok(performance.now() - startedMs < 15_000);
  server.behave = () => OK;
  await hub.start();
  await eventually('it arrives', () => server.taken.size === 1);
});

test('the file with the id of the process goes with it', async (t) => {
  const file = join(temporaryDirectory(t), 'pid');
  const wrapper = ['sh', '-c', `exec "$@" --pid-file ${file}`, 'sh'];
  const hub = await startHub(t, { outputs: {} }, { wrapper });
  await eventually('it is written', () => existsSync(file));
  assert.equal(readFileSync(file, 'utf8'), `${hub.pid()}\n`);
  hub.signal('SIGINT');
  assert.equal(await hub.exited(), 0);
  assert.ok(!existsSync(file));
});

test('SIGTERM while the hub starts ends it in order', async (t) => {
  const server = await startChecking(t);
  const outputs = { out: { type: 'webhook', url: server.url } };
  const hub = prepareHub(t, { outputs, shutdown: { grace: '10s', lameDuck: '0' } });
  const starting = hub.start().catch(() => undefined);
  await eventually('it opens its queue', () => existsSync(hub.queueDirectory));
  assert.equal(await hub.stop(), 0);
  await starting;
  assert.ok(hub.log().some(({ msg }) => msg === 'The hub has stopped.'));
});
