import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Priority, severityOf } from '../alert.ts';
import type { StoredAlert } from '../queue/queue.ts';
import { Chooser } from './chooser.ts';
import type { LaneSettings } from './lane-context.ts';
import { Unkept } from './unkept.ts';
import { Window } from './window.ts';

function rig({ alertsMax = 10, bytesMax = 1_000_000, waitMs = 0 } = {}) {
  const window = new Window(
    Array.from({ length: 8 }, (_, shard) => ({ shard, n: 0 })),
    [],
  );
  const unkept = new Unkept();
  const chooser = new Chooser();
  const batch = { alertsMax, bytesMax, waitMs };
  const settings = { batch, concurrency: 1000 } as LaneSettings;
  let n = 0;
  const add = (priority: Priority, count: number, bytes = 100, atMs = 0): void => {
    const shard = severityOf(priority);
    const alerts = Array.from({ length: count }, (): StoredAlert => {
      n += 1;
      const json = 'x'.repeat(bytes);
      return { position: { shard, n }, json, ingest: '{}', receivedAtMs: atMs };
    });
    window.add(shard, { alerts, damaged: [], scannedTo: n }, atMs);
  };
  /** What goes next, as `shard:n`, taken out; or when to look again. */
  const next = (
    nowMs = 0,
    own: Partial<Parameters<Chooser['next']>[0]> = {},
  ): readonly string[] | number | undefined => {
    const none = { urgentOnly: false, unkeptOnly: false, isProbe: false, staleBeforeMs: 0 };
    const random = () => 0.999;
    const batch = chooser.next({ window, unkept, settings, nowMs, random, ...none, ...own });
    if (batch === undefined) return undefined;
    if ('againAtMs' in batch) return batch.againAtMs;
    for (const entry of batch) entry.state = 'delivered';
    return batch.map(({ position }) => (position ? `${position.shard}:${position.n}` : 'unkept'));
  };
  return { add, next, unkept, window };
}

test('urgent alerts fill a batch first, then the rest, each by age', () => {
  const { add, next } = rig({ alertsMax: 4 });
  add('debug', 2);
  add('critical', 1);
  add('error', 1);
  add('emergency', 1);
  assert.deepEqual(next(), ['2:3', '0:5', '7:1', '7:2']);
  assert.deepEqual(next(), ['3:4']);
  assert.equal(next(), undefined);
});

test('what is too old to be sent by itself does not go, nor hold up what is not', () => {
  const { add, next } = rig({ alertsMax: 4 });
  add('critical', 1, 10, 100);
  add('debug', 3, 10, 100);
  add('debug', 2, 10, 500);
  assert.equal(next(1000, { staleBeforeMs: 501 }), undefined);
  assert.deepEqual(next(1000, { staleBeforeMs: 500 }), ['7:5', '7:6']);
  assert.deepEqual(next(1000, { staleBeforeMs: 100 }), ['2:1', '7:2', '7:3', '7:4']);
});

test('every tenth batch starts with the rest', () => {
  const { add, next } = rig({ alertsMax: 2 });
  add('debug', 20);
  add('alert', 60);
  const first = Array.from({ length: 20 }, () => (next() as string[])[0]?.split(':')[0]);
  assert.deepEqual(
    first.map((shard, i) => (shard === '7' ? i : -1)).filter((i) => i >= 0),
    [9, 19],
  );
});

test('the slot for urgent alerts takes nothing else', () => {
  const { add, next } = rig();
  add('error', 5);
  assert.equal(next(0, { urgentOnly: true }), undefined);
  add('critical', 1);
  assert.deepEqual(next(0, { urgentOnly: true }), ['2:6']);
});

test('a probe is any one alert of those that were tried least', () => {
  const probed = (value: number) => {
    const { add, next, window } = rig({ alertsMax: 4, waitMs: 1000 });
    add('critical', 2);
    add('debug', 3);
    for (const entry of window.candidates(true, 0)) entry.tries = 1;
    return next(0, { isProbe: true, random: () => value });
  };
  assert.deepEqual([0, 0.5, 0.999].map(probed), [['7:3'], ['7:4'], ['7:5']]);
});

test('a batch is cut by count and by bytes, as Falcosidekick’s batcher does; what is larger goes alone', () => {
  const { add, next } = rig({ alertsMax: 10, bytesMax: 1000 });
  add('error', 1, 5000);
  add('error', 20, 300);
  assert.deepEqual(next(), ['3:1']);
  assert.deepEqual(next(), ['3:2', '3:3', '3:4']);
  assert.deepEqual(next(0, { isProbe: true }), ['3:21']);
});

test('a batch waits to fill, but not for ever, hardly with something urgent, and not when full', () => {
  const { add, next } = rig({ alertsMax: 3, waitMs: 500 });
  add('error', 2, 100, 1000);
  assert.equal(next(1000), 1500);
  assert.equal(next(1499), 1500);
  add('error', 1, 100, 1400);
  assert.deepEqual(next(1400), ['3:1', '3:2', '3:3'], 'it is full');
  add('error', 1, 100, 2000);
  assert.equal(next(2499), 2500);
  assert.deepEqual(next(2500), ['3:4'], 'it waited long enough');
  add('error', 1, 100, 3000);
  add('alert', 1, 100, 3000);
  assert.equal(next(3000), 3020, 'it is urgent');
  assert.deepEqual(next(3020), ['1:6', '3:5']);
  add('error', 1, 100, 4000);
  add('alert', 1, 100, 4495);
  assert.equal(next(4495), 4500, 'the first one has waited long enough before that');
});

test('what is not on disk goes first, and alone where progress cannot be written', () => {
  const { add, next, unkept } = rig();
  add('emergency', 1);
  unkept.offer({ position: { shard: 0, n: 0 }, json: '{}', ingest: '{}', receivedAtMs: 0 }, 0);
  assert.deepEqual(next(0, { unkeptOnly: true }), ['unkept']);
  assert.equal(next(0, { unkeptOnly: true }), undefined);
  assert.deepEqual(next(), ['0:1']);
});
