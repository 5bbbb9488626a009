import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { BoundedCounter } from './bounded-counter.ts';

const HOUR_MS = 3_600_000;

function rig(seriesMax: number) {
  const registry = new Registry();
  const clock = { nowMs: 1_800_000_000_000 };
  const counter = new BoundedCounter(registry, {
    name: 'seen',
    help: 'What was seen.',
    labelNames: ['a', 'b'],
    seriesMax,
    maxAgeMs: HOUR_MS,
    nowMs: () => clock.nowMs,
  });
  const read = async (): Promise<Record<string, number>> => {
    const { values } = await registry.getSingleMetric('seen')!.get();
    return Object.fromEntries(
      values.map(({ labels, value }) => [`${labels['a']} ${labels['b']}`, value]),
    );
  };
  return { counter, clock, read };
}

test('values that share a beginning are series of their own', async () => {
  const { counter, read } = rig(10);
  counter.inc(['x', 'y']);
  counter.inc(['x', 'z'], 2);
  counter.inc(['xy', '']);
  counter.inc(['x', 'y']);
  assert.deepEqual(await read(), { 'x y': 2, 'x z': 2, 'xy ': 1 });
});

test('values that read the same joined are not taken for each other', async () => {
  const { counter, read } = rig(10);
  counter.inc(['x\u0000', 'y']);
  counter.inc(['x', '\u0000y']);
  counter.inc(['x\u0000', 'y']);
  assert.deepEqual(await read(), { 'x\u0000 y': 2, 'other other': 1 });
});

test('values are cut to the length a label has', async () => {
  const { counter, read } = rig(10);
  for (const end of ['b', 'c']) counter.inc(['a'.repeat(128) + end, 'y']);
  assert.deepEqual(await read(), { [`${'a'.repeat(128)} y`]: 2 });
});

test('a series of which nothing is heard goes and makes room; what is counted stays', async () => {
  const { counter, clock, read } = rig(2);
  counter.inc(['x', 'old']);
  counter.inc(['x', 'kept']);
  counter.inc(['x', 'no room']);
  assert.deepEqual(await read(), { 'x old': 1, 'x kept': 1, 'other other': 1 });
  for (let quarter = 0; quarter < 6; quarter += 1) {
    clock.nowMs += HOUR_MS / 4;
    counter.inc(['x', 'kept']);
    await read();
  }
  assert.deepEqual(await read(), { 'x kept': 7, 'other other': 1 });
  counter.inc(['x', 'new']);
  assert.deepEqual(await read(), { 'x kept': 7, 'x new': 1, 'other other': 1 });
});

test('what was asked for before its series went is still counted', async () => {
  const { counter, clock, read } = rig(2);
  counter.inc(['x', 'y']);
  await read();
  clock.nowMs += 2 * HOUR_MS;
  const count = counter.series(['x', 'y']);
  await read();
  count.add(1);
  assert.deepEqual(await read(), { 'x y': 2 });
});
