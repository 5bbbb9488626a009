import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accountOf, assertNothingLost, readBooks } from '../support/accounts.ts';
import {
  type Behaviour,
  type CheckingServer,
  OK,
  type ReceivedRequest,
  startChecking,
} from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { get, metric, startHub } from '../support/hub-process.ts';
import { numberedAlert, numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/**
 * Destinations that misbehave in every way at once, behind one hub: each gets all its alerts in the
 * end, and none of them costs the healthy one anything.
 */

const ALERTS = 120;
const POISON = numberedAlerts(50, 1)[0]?.uuid ?? '';
const BATCH_MAX = 10;
/** What a webhook has under way at most, where it is not told otherwise. */
const CONCURRENCY = 4;

let now: 'ill' | 'mended' = 'ill';

/** What each does until it is mended. */
const illnesses: Readonly<Record<string, (request: ReceivedRequest) => Behaviour>> = {
  healthy: () => OK,
  failing: () => ({ status: 500, body: 'out of order' }),
  limitedBySeconds: () => ({ status: 429, headers: { 'retry-after': '2' } }),
  limitedByDate: () => ({ status: 429, headers: { 'retry-after': inSeconds(3) } }),
  silent: () => 'never',
  resetEarly: () => 'resetRequest',
  resetLate: () => 'resetAnswer',
  dripping: () => 'drip',
  unauthorized: () => ({ status: 401 }),
  moved: () => ({ status: 301, headers: { location: 'http://127.0.0.1:1/elsewhere' } }),
  behindLogin: () => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><html>Log in</html>',
  }),
};
const names = Object.keys(illnesses);
const servers = new Map<string, CheckingServer>();
for (const name of names) {
  const behave = illnesses[name] as CheckingServer['behave'];
  const isIll = name === 'healthy' ? () => true : () => now === 'ill';
  servers.set(name, await startChecking({ after }, (request) => (isIll() ? behave(request) : OK)));
}
const refused = await startChecking({ after });
const choosy = await startChecking({ after }, ({ arrivals }) =>
  arrivals.length > BATCH_MAX ? { status: 413 } : OK,
);
const poisoned = await startChecking({ after }, ({ arrivals }) =>
  arrivals.some(({ uuid }) => uuid === POISON) ? { status: 400, body: 'cannot read it' } : OK,
);
const poisonedBatches = await startChecking({ after }, poisoned.behave);
const hangingOnOne = await startChecking({ after }, ({ arrivals }) =>
  now === 'ill' && arrivals.some(({ uuid }) => uuid === POISON) ? 'never' : OK,
);
await refused.close();

/** For those that hang. On a busy machine any other answers late, too, and is then sent it twice. */
const timeout = '5s';
const HANGING: ReadonlySet<string> = new Set(['silent', 'dripping']);
const outputs = {
  ...Object.fromEntries(
    [...servers].map(([name, { url }]) => [
      name,
      { type: 'webhook', url, ...(HANGING.has(name) && { timeout }) },
    ]),
  ),
  refused: { type: 'webhook', url: refused.url },
  choosy: { type: 'webhook', url: choosy.url, body: 'ndjson' },
  poisoned: { type: 'webhook', url: poisoned.url },
  poisonedBatches: { type: 'webhook', url: poisonedBatches.url, body: 'ndjson' },
  hangingOnOne: { type: 'webhook', url: hangingOnOne.url, timeout },
};

const hub = await startHub({ after }, { outputs });
const poster = createPoster({ after }, hub);

before(async () => {
  await poster.postEach(numberedAlerts(0, ALERTS));
  assert.equal(poster.acknowledged.size, ALERTS);
});

test('a healthy destination has everything while all others are down', async () => {
  await assertAllArrive('healthy', serverOf('healthy'));
});

test('a batch that is too large is halved until it is not', async () => {
  await assertAllArrive('choosy', choosy);
});

for (const [name, server] of Object.entries({ poisoned, poisonedBatches })) {
  test(`of all alerts, only the one that is refused becomes a dead letter (${name})`, async () => {
    await eventually('it is dead', () => readBooks(hub, name).dead.has(POISON));
    await eventually('the others arrive', () => waitingFor(name, server) === 0);
    const account = accountOf(hub, name, server, poster);
    assertNothingLost(account);
    assert.deepEqual([account.dead, account.waiting], [1, 0]);
    assert.equal(await metric(hub, 'tocsin_output_dead_total', { output: name }), 1);
  });
}

test('a destination that asks for time is left alone for as long', async () => {
  for (const name of ['limitedBySeconds', 'limitedByDate']) {
    const { requests } = serverOf(name);
    // With the first as many as may be under way together have gone, however late they arrive.
    await eventually('it is asked again', () => requests.length > CONCURRENCY);
    const waitedMs = (requests[CONCURRENCY]?.atMs ?? 0) - (requests[0]?.atMs ?? 0);
    // A date is whole seconds, so the wait may be short by one.
    assert.ok(waitedMs >= 1900, `${name} was asked again after ${waitedMs} ms`);
  }
});

test('an alert its destination never answers stands aside, and the others go on', async () => {
  const { taken } = hangingOnOne;
  await eventually('the others arrive', () => waitingFor('hangingOnOne', hangingOnOne) === 1);
  assert.ok(!taken.has(POISON));
  const { dead } = readBooks(hub, 'hangingOnOne');
  assert.equal(dead.size, 0);
});

test('a destination that takes nothing is a dead letter for no alert', async () => {
  for (const name of names.filter((one) => one !== 'healthy')) {
    const server = serverOf(name);
    await eventually(`${name} is tried`, () => server.requests.length > 0);
    const account = accountOf(hub, name, server, poster);
    assertNothingLost(account);
    assert.deepEqual([account.dead, account.waiting], [0, ALERTS], name);
  }
});

test('the hub is ready, and takes alerts at once, while destinations are down', async () => {
  assert.equal((await get(hub, '/readyz')).status, 200);
  const tookMs: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const startedMs = performance.now();
    await poster.post(numberedAlert(ALERTS + n));
    tookMs.push(performance.now() - startedMs);
  }
  // A busy machine may hold up one or two, but not each.
  assert.ok(Math.min(...tookMs) < 1000, `it took ${tookMs.map(Math.round).join(', ')} ms`);
});

test('what was down and comes back gets all it missed, and no alert is given up', async () => {
  now = 'mended';
  const others = Object.entries({ refused, hangingOnOne });
  await refused.open();
  for (const [name, server] of [...servers, ...others]) {
    await assertAllArrive(name, server);
  }
});

/** Every acknowledged alert, none dead; twice only what was taken without saying so. */
async function assertAllArrive(name: string, server: CheckingServer): Promise<void> {
  const count = poster.acknowledged.size;
  await eventually(`all arrive at ${name}`, () => waitingFor(name, server) === 0);
  const account = accountOf(hub, name, server, poster);
  console.log(`${name}: ${JSON.stringify(account)}`);
  assertNothingLost(account);
  assert.deepEqual([account.delivered, account.dead], [count, 0], name);
}

function waitingFor(name: string, server: CheckingServer): number {
  return accountOf(hub, name, server, poster).waiting;
}

function serverOf(name: string): CheckingServer {
  const server = servers.get(name);
  assert.ok(server);
  return server;
}

/** A date in the form of RFC 9110, 5.6.7. */
function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toUTCString();
}
