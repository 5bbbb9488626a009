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
    await rig.clock.run(2000);
  }
}

test('what fails for long takes a tenth of the queue at most, each output has its share, and none is lost', async () => {
  const shape = { concurrency: 4, retryAgeMaxMs: 1e12 };
  const limits = { bytesMax: QUEUE_BYTES_MAX };
  const rig = await LaneRig.start({ one: shape, other: shape }, { limits });
  const [ofOne, ofOther]: [string[], string[]] = [[], []];
  await fail(rig, 'one', 40, ofOne);
  const first = retryBytes(rig, 'one');
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
  assert.ok(ofOne.every((uuid) => rig.peer('one').has(uuid)));
  assert.ok(ofOther.every((uuid) => rig.peer('other').has(uuid)));
  assert.deepEqual([retryBytes(rig, 'one'), retryBytes(rig, 'other')], [0, 0]);
  await rig.assertConserved();
});
