import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type AuditEvent, Reassembler } from './reassemble.ts';
import { parseRecord } from './record.ts';
import { AuditRoom } from './room.ts';

test('records of many short fields are held by what they take in memory', () => {
  const reassembler = new Reassembler(new AuditRoom(), 1024 * 1024);
  const fields = Array.from({ length: 200 }, (_, at) => `a${at.toString(36)}=b`).join(' ');
  let held = 0;
  for (let serial = 0; serial < 2000; serial += 1) {
    const record = parseRecord(`type=PATH msg=audit(1786406401.512:${serial}): ${fields}`)!;
    held += 1 - reassembler.add(record, 'node-1', 0, 0).length;
  }
  // Each takes some 25 kB.
  assert.ok(held > 20 && held < 80, `${held} events are held`);
  assert.equal(reassembler.giveUp(0, true).length, held);
});

suite('all sources together hold no more than their room, whatever they say', () => {
  /** Some 1,000 bytes by what it takes in memory. */
  const record = (serial: number) =>
    parseRecord(
      `type=PATH msg=audit(1786406401.512:${serial}): a=1 b=2 c=3 d=4 ${'x'.repeat(50)}`,
    )!;
  const serialsOf = (events: readonly AuditEvent[]) =>
    events.map(({ records }) => Number(records[0]!.stamp.split(':')[1]));

  test('the oldest goes on as it is, with the source that it came from', () => {
    const room = new AuditRoom(10_100);
    const [one, other] = [new Reassembler(room), new Reassembler(room)];
    for (const serial of [1, 2, 3]) assert.deepEqual(one.add(record(serial), '', 0, 0), []);
    for (let serial = 4; serial <= 12; serial += 1) {
      assert.deepEqual(other.add(record(serial), '', 0, 0), [], 'those of others are older');
    }
    assert.equal(one.oldestStart(), 0, 'not taken yet');
    assert.deepEqual(serialsOf(one.giveUp(0, false)), [1, 2]);
    assert.deepEqual(serialsOf(other.giveUp(0, false)), []);
    assert.deepEqual(serialsOf(one.giveUp(0, true)), [3]);
    assert.equal(other.giveUp(0, true).length, 9);
    assert.equal(room.takenBytes(), 0);
  });

  test('a record of an event that gave way begins another one', () => {
    const room = new AuditRoom(2000);
    const [one, other] = [new Reassembler(room), new Reassembler(room)];
    one.add(record(1), '', 0, 0);
    for (const serial of [2, 3]) other.add(record(serial), '', 0, 0);
    assert.deepEqual(serialsOf(one.add(record(1), '', 0, 0)), [1]);
    assert.deepEqual(serialsOf(one.giveUp(0, true)), [1]);
  });

  test('also where hundreds of sources fetch nothing, because the queue is full', () => {
    const bytesMax = 100_000;
    const room = new AuditRoom(bytesMax);
    const sources = Array.from({ length: 300 }, () => new Reassembler(room));
    let given = 0;
    for (const source of sources) {
      for (let serial = 0; serial < 200; serial += 1) {
        given += source.add(record(serial), '', 0, 0).length;
        assert.ok(room.takenBytes() <= 2.1 * bytesMax, `${room.takenBytes()} bytes`);
      }
    }
    for (const source of sources) given += source.giveUp(0, true).length;
    assert.equal(given, 300 * 200, 'and no event is lost');
    assert.equal(room.takenBytes(), 0);
  });
});
