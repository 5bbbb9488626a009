import assert from 'node:assert/strict';
import { test } from 'node:test';
import { butFor, DELIVERED, LaneRig, retry } from '../../test/support/lane-rig.ts';

/** Alerts that keep failing beside others, and are large: each row of theirs has a copy of the text. */

const LARGE_BYTES = 100_000;
const QUEUE_BYTES_MAX = 20_000_000;
/** A tenth of the queue, for all outputs together. */
const POOL_BYTES = 2_000_000;

function retryBytes(rig: LaneRig, name: string): number {
  const sum = rig.queue.db.prepare(
    "SELECT coalesce(sum(length(body)), 0) AS bytes FROM exception WHERE state = 'retry' AND lane = ?",
  );
  return (sum.get(rig.ids.get(name)!) as { bytes: number }).bytes;
}

/** One output gets large alerts that it never takes, each among others; returns their uuids. */
async function fail(rig: LaneRig, name: string, count: number, bad: string[]): Promise<void> {
  rig.peer(name).answer = (...sent) => butFor(bad, retry('server'))(...sent);
  for (let i = 0; i < count; i += 1) {
    bad.push(...rig.store(1, {}, [name], LARGE_BYTES).map(({ uuid }) => uuid));
    rig.ingest(5, {}, [name]);
    await rig.clock.run(500);
  }
}

test('what fails for long takes a tenth of the queue at most, each output has its share, and none is lost', async () => {
  const shape = { concurrency: 4, retryAgeMaxMs: 1e12 };
  const limits = { bytesMax: QUEUE_BYTES_MAX };
  const rig = await LaneRig.start({ one: shape, other: shape }, { limits });
  const [ofOne, ofOther]: [string[], string[]] = [[], []];
  await fail(rig, 'one', 40, ofOne);
  const first = retryBytes(rig, 'one');
  assert.deepEqual(rig.told('one').dead, [], 'it is soon for that');
  assert.ok(first >= POOL_BYTES, `only ${first} bytes`);
  assert.ok(first <= POOL_BYTES + 8 * LARGE_BYTES, `${first} bytes of one output`);

  await fail(rig, 'other', 30, ofOther);
  const second = retryBytes(rig, 'other');
  assert.ok(second >= POOL_BYTES / 2, `only ${second} bytes`);
  assert.ok(second <= POOL_BYTES / 2 + 8 * LARGE_BYTES, `${second} bytes of the other`);
  await rig.assertConserved();

  await rig.crash();
  for (const name of ['one', 'other']) rig.peer(name).answer = () => DELIVERED;
  await rig.runUntilDone(10_000_000);
  for (const [name, bad] of [
    ['one', ofOne],
    ['other', ofOther],
  ] as const) {
    const dead = new Set(rig.told(name).dead.map(({ uuid }) => uuid));
    assert.ok(bad.every((uuid) => rig.peer(name).has(uuid) !== dead.has(uuid)));
    assert.ok(dead.size < bad.length / 4, `${dead.size} dead letters`);
  }
  assert.deepEqual([retryBytes(rig, 'one'), retryBytes(rig, 'other')], [0, 0]);
  await rig.assertConserved();
});

test('where there is no more room, what has failed longest gives way, and all others arrive', async () => {
  const shape = { concurrency: 4, retryAgeMaxMs: 1e12 };
  const rig = await LaneRig.start({ out: shape }, { limits: { bytesMax: QUEUE_BYTES_MAX } });
  const bad: string[] = [];
  await fail(rig, 'out', 60, bad);
  const good = rig.ingest(200);
  await rig.clock.run(1_800_000);
  const missing = good.filter((uuid) => !rig.peer().has(uuid));
  assert.equal(missing.length, 0);
  const { dead } = rig.told();
  assert.ok(dead.length >= 30 && dead.length <= 45, `${dead.length} dead letters`);
  assert.ok(dead.every(({ uuid }) => bad.includes(uuid)));
  assert.match(
    dead[0]?.detail ?? '',
    /^It failed \d+ times, and other alerts that fail needed its/,
  );
  assert.equal(dead[0]?.reason, 'server');
  const { retry: rows, dead: counted } = await rig.ledgerOf();
  assert.deepEqual([rows + counted, counted], [60, dead.length]);
  await rig.assertConserved();

  rig.queue.store.dead.replay({});
  rig.peer().answer = () => DELIVERED;
  await rig.during(rig.engine.reloadRetries(new Set(rig.ids.values())));
  await rig.runUntilDone(10_000_000);
  // Of dead letters, too, only a tenth of the queue is kept.
  const arrived = bad.filter((uuid) => rig.peer().has(uuid));
  assert.ok(arrived.length >= 20 + 19, `${arrived.length} arrived`);
});
