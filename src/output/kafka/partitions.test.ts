import assert from 'node:assert/strict';
import test from 'node:test';
import { createPartitions, type KafkaRecord, LEARNED } from './partitions.ts';

function metadata(count: number) {
  return Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
}

function partitionsOf(count: number) {
  const partitions = createPartitions('alerts');
  const ask = partitions.partitioner();
  const learn = (count: number, partition?: number): number =>
    ask({
      topic: 'alerts',
      partitionMetadata: metadata(count),
      message: { value: null, ...(partition !== undefined && { partition }) },
    });
  assert.throws(
    () => learn(count),
    (error) => error === LEARNED,
  );
  return { ...partitions, learn };
}

function records(...keys: (string | null)[]): KafkaRecord[] {
  return keys.map((key) => ({ key, value: '{}', headers: {} }));
}

/** The hashes stand in the tests of Java's client (org.apache.kafka.common.utils.UtilsTest). */
for (const [key, hash] of [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['abc', 479470107],
] as const) {
  test(`the key ${key} goes where Java's client puts it`, () => {
    for (const count of [1, 3, 7, 64]) {
      const [group] = partitionsOf(count).groupsOf(records(key));
      assert.equal(group?.partition, (hash & 0x7fffffff) % count);
    }
  });
}

test('every record is in one group, in its order', () => {
  const { groupsOf } = partitionsOf(4);
  const keys = Array.from({ length: 50 }, (_, n) => (n % 5 === 0 ? null : `k${n % 13}`));
  const groups = groupsOf(records(...keys));
  const positions = groups.flatMap((group) => group.positions);
  assert.deepEqual(
    positions.toSorted((a, b) => a - b),
    [...keys.keys()],
  );
  for (const group of groups) {
    assert.deepEqual(
      group.positions,
      group.positions.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      group.records.map(({ key }) => key),
      group.positions.map((n) => keys[n]),
    );
  }
});

test('records without a key go to a partition that has a leader', () => {
  const partitions = createPartitions('alerts');
  const partitionMetadata = metadata(3).map((one, n) => (n === 1 ? one : { ...one, leader: -1 }));
  const args = { topic: 'alerts', partitionMetadata, message: { value: null } };
  assert.throws(() => partitions.partitioner()(args));
  for (let batch = 0; batch < 5; batch += 1) {
    assert.deepEqual(
      partitions.groupsOf(records(null, null)).map(({ partition }) => partition),
      [1],
    );
  }
});

test('a partition that is gone is an error, not a silence', () => {
  const { learn } = partitionsOf(4);
  assert.equal(learn(4, 3), 3);
  assert.throws(() => learn(2, 3), /fewer partitions than before/);
});
