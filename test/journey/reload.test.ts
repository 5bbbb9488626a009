import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { accountOf, assertNothingLost } from '../support/accounts.ts';
import { type CheckingServer, OK, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { type HubConfig, metric, startHub } from '../support/hub-process.ts';
import { alertsWhile } from '../support/numbered-alerts.ts';
import { createPoster, type Poster } from '../support/posting.ts';

/**
 * Reloads while alerts come in and others wait: what was answered keeps the fate it had then. The
 * tests are the steps of one story.
 */

const slow = { status: 200, afterMs: 15 };
const servers = {
  kept: await startChecking({ after }, () => slow),
  renamed: await startChecking({ after }, () => slow),
  moved: await startChecking({ after }, () => slow),
  movedTo: await startChecking({ after }, () => slow),
  added: await startChecking({ after }, () => slow),
  /** Hangs, then goes, then comes back. */
  away: await startChecking({ after }, () => 'never'),
};
const webhook = ({ url }: CheckingServer) => ({ type: 'webhook', url });

const first: HubConfig = {
  outputs: {
    kept: webhook(servers.kept),
    old: webhook(servers.renamed),
    moved: webhook(servers.moved),
    away: { ...webhook(servers.away), timeout: '3s' },
  },
};
const second: HubConfig = {
  outputs: {
    kept: webhook(servers.kept),
    renamed: { ...webhook(servers.renamed), formerly: 'old' },
    moved: webhook(servers.movedTo),
    added: webhook(servers.added),
  },
};
const third: HubConfig = {
  outputs: { ...second.outputs, away: webhook(servers.away) },
};

const hub = await startHub({ after }, first);
const poster = createPoster({ after }, hub, { connections: 2 });
const posting = { goesOn: true };
const posted = poster.postEach(alertsWhile(posting));
/** Acknowledged before the second configuration, while it was in force, and under the third. */
const phases: [Set<string>, Set<string>, Set<string>] = [new Set(), new Set(), new Set()];

test('SIGHUP adds, removes, renames and moves outputs at once, though one of them hangs', async () => {
  await eventually('alerts wait', () => poster.acknowledged.size > 200);
  await eventually('one hangs', () => servers.away.underWay > 0);
  phases[0] = new Set(poster.acknowledged);
  hub.configure(second);
  hub.signal('SIGHUP');
  await eventually('it is reloaded', async () => (await reloads('ok')) > 0);
});

test('a broken configuration is refused, and the old one stays in force', async () => {
  const before = new Set(poster.sent);
  await eventually('more alerts are taken', () => poster.acknowledged.size > before.size + 100);
  phases[1] = difference(poster.acknowledged, before);
  for (const text of ['outputs: [', '{"outputs":{"kept":{"type":"webhok"}}}']) {
    const refused = await reloads('refused');
    hub.configureText(text);
    hub.signal('SIGHUP');
    await eventually('it is refused', async () => (await reloads('refused')) > refused);
  }
  const line = hub.log().findLast(({ level }) => level >= 50);
  assert.match(JSON.stringify(line), /webhok.*did you mean.*webhook/i);
  const taken = poster.acknowledged.size;
  await eventually('alerts are taken all the same', () => poster.acknowledged.size > taken + 20);
});

test('a changed file is reloaded without a signal', async () => {
  servers.away.behave = () => OK;
  const reloaded = await reloads('ok');
  hub.configure(third);
  await eventually('it is reloaded', async () => (await reloads('ok')) > reloaded);
  const before = new Set(poster.sent);
  await eventually('more alerts are taken', () => poster.acknowledged.size > before.size + 100);
  phases[2] = difference(poster.acknowledged, before);
});

test('nothing is lost, and nothing arrives twice', async () => {
  posting.goesOn = false;
  await posted;
  for (const name of Object.keys(third.outputs)) {
    const waiting = (): number => accountOf(hub, name, servers.kept, poster).waiting;
    await eventually(`${name} is done`, () => waiting() === 0);
  }
  for (const [output, server] of Object.entries({ kept: servers.kept, renamed: servers.renamed })) {
    const account = accountOf(hub, output, server, poster);
    console.log(`${output}: ${JSON.stringify(account)}`);
    assertNothingLost(account);
    assert.equal(account.delivered, account.acknowledged);
  }
  const { moved, movedTo } = servers;
  const twice = [...moved.taken.keys()].filter((uuid) => movedTo.taken.has(uuid));
  assert.deepEqual(twice, []);
  assertHas({ taken: new Map([...moved.taken, ...movedTo.taken]) }, poster.acknowledged);
});

test('an alert keeps the outputs it had when it was answered', async () => {
  const { added, away, movedTo } = servers;
  assertHasNone(added, phases[0]);
  assertHas(added, phases[1]);
  assertHas(added, phases[2]);
  assertHas(away, phases[0]);
  assertHasNone(away, phases[1]);
  assertHas(away, phases[2]);
  assertHas(movedTo, phases[1]);
});

async function reloads(result: 'ok' | 'refused'): Promise<number> {
  return metric(hub, 'tocsin_config_reloads_total', { result });
}

function assertHas(
  server: { taken: ReadonlyMap<string, number> },
  uuids: ReadonlySet<string>,
): void {
  assert.ok(uuids.size > 0);
  assert.equal([...uuids].filter((uuid) => !server.taken.has(uuid)).length, 0);
}

function assertHasNone({ taken }: CheckingServer, uuids: ReadonlySet<string>): void {
  assert.equal([...uuids].filter((uuid) => taken.has(uuid)).length, 0);
}

/** Answered since, and not even sent before. */
function difference(answered: Poster['acknowledged'], before: ReadonlySet<string>): Set<string> {
  return new Set([...answered].filter((uuid) => !before.has(uuid)));
}
