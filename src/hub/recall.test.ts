import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { SENSORS } from '../../test/support/memory-admission.ts';
import { Duplicates } from '../ingest/duplicates.ts';
import { Sensors } from '../ingest/sensors/sensors.ts';
import type { Logger } from '../observe/log.ts';
import type { RecentAlert } from '../queue/history.ts';
import { recall } from './recall.ts';

const KEY = '0123456789abcdef0123456789abcdef';

function uuidOf(position: number): string {
  return `018f6f2e-9d3b-7c11-8a55-${position.toString(16).padStart(12, '0')}`;
}

function alertAt(position: number, nowMs: number): RecentAlert {
  return {
    uuid: uuidOf(position),
    receivedAtMs: nowMs,
    rule: 'R',
    hostname: 'node-7',
    ingest: '{"input":"http","agent":"falco","peer":"192.0.2.1"}',
    key: KEY,
  };
}

const DAMAGED = 7;
/** Numbers beyond it are in a part of the file that cannot be read. */
const UNREADABLE = 1_500_000;

/** `stepMs`: how long the disk takes for each answer. */
async function recallFrom(alerts: number, stepMs: number, damaged: Partial<RecentAlert> = {}) {
  const nowMs = Date.now();
  const duplicates = new Duplicates();
  const warned: string[] = [];
  const queue = {
    head: () => alerts,
    async recent(after: number, to: number) {
      await sleep(stepMs, undefined, { ref: false });
      if (after >= UNREADABLE) throw new RangeError('Invalid time value');
      return Array.from({ length: to - after }, (_, at) => {
        const alert = alertAt(after + at + 1, nowMs);
        return after + at + 1 === DAMAGED ? { ...alert, ...damaged } : alert;
      });
    },
  };
  const log = { warn: (_: object, text: string) => void warned.push(text) } as unknown as Logger;
  const startedMs = performance.now();
  await recall(queue, { duplicates, sensors: new Sensors(SENSORS, nowMs), log });
  const tookMs = performance.now() - startedMs;
  const isKnown = (position: number): boolean =>
    duplicates.judge(uuidOf(position), KEY, '192.0.2.1', nowMs) === 'duplicate';
  return { tookMs, warned, isKnown };
}

suite('what a start learns again', () => {
  test('is all of the newest, where the disk is quick', async () => {
    const { warned, isKnown } = await recallFrom(5000, 0);
    assert.deepEqual([isKnown(1), isKnown(5000), warned], [true, true, []]);
  });

  for (const ingest of ['{"input":"http', 'null', '']) {
    test(`is what can be read: an alert with ${ingest || 'nothing'} for its origin is passed over`, async () => {
      const { isKnown } = await recallFrom(100, 0, { ingest });
      assert.deepEqual([isKnown(DAMAGED - 1), isKnown(DAMAGED)], [true, false]);
    });
  }

  test('is what can be read: a part that is damaged is passed over', async () => {
    const { isKnown } = await recallFrom(UNREADABLE + 1000, 0);
    assert.deepEqual([isKnown(UNREADABLE), isKnown(UNREADABLE + 1)], [true, false]);
  });

  test('is the newest where the disk is slow, and a warning says so', async () => {
    const { tookMs, warned, isKnown } = await recallFrom(1_000_000, 100);
    assert.ok(tookMs < 1500, `${tookMs} ms`);
    assert.deepEqual([isKnown(1_000_000), isKnown(950_000), warned.length], [true, false, 1]);
  });

  test('is nothing where the disk does not answer, and the start goes on', async () => {
    const { tookMs, warned, isKnown } = await recallFrom(1_000_000, 60_000);
    assert.ok(tookMs < 1500, `${tookMs} ms`);
    assert.deepEqual([isKnown(1_000_000), warned.length], [false, 1]);
  });
});
