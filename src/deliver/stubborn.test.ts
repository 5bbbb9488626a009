import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERED, LaneRig } from '../../test/support/lane-rig.ts';
import { Model, SHAPE } from '../../test/support/model.ts';
import { positionOf } from '../queue/position.ts';
import type { SendResult, SingleResult } from '../output/define.ts';

/** Alerts that a destination, otherwise well, never takes and never refuses. */

const HOUR_MS = 3_600_000;

interface Case {
  readonly concurrency: number;
  readonly alertsMax: number;
  /** How many of them, and what becomes of an attempt. */
  readonly stubborn: number;
  readonly fails: keyof typeof failures;
}

const failures = {
  'at once': { outcome: 'retry', reason: 'server', detail: 'HTTP 500' },
  'by timeout': { outcome: 'retry', reason: 'timeout', detail: 'no answer' },
  // A firewall that reads bodies answers so where an alert quotes an attack.
  'as forbidden': { outcome: 'retry', reason: 'auth', detail: 'HTTP 403' },
  'by a reset': { outcome: 'retry', reason: 'network', detail: 'the connection was cut' },
} satisfies Record<string, SingleResult>;

const cases: readonly Case[] = [
  { concurrency: 1, alertsMax: 1, stubborn: 1, fails: 'at once' },
  { concurrency: 1, alertsMax: 1, stubborn: 10, fails: 'at once' },
  { concurrency: 4, alertsMax: 1, stubborn: 1, fails: 'by timeout' },
  { concurrency: 4, alertsMax: 1, stubborn: 20, fails: 'by timeout' },
  { concurrency: 2, alertsMax: 5, stubborn: 30, fails: 'at once' },
  { concurrency: 1, alertsMax: 1, stubborn: 1, fails: 'as forbidden' },
  { concurrency: 4, alertsMax: 1, stubborn: 3, fails: 'by a reset' },
  { concurrency: 4, alertsMax: 500, stubborn: 1, fails: 'as forbidden' },
  { concurrency: 1, alertsMax: 500, stubborn: 2, fails: 'at once' },
];

for (const { concurrency, alertsMax, stubborn, fails } of cases) {
  const name = `${stubborn} that fail ${fails}, ${alertsMax} a batch, ${concurrency} at once`;
  test(`stubborn alerts stand aside, and the others arrive (${name})`, async () => {
    const batch = { ...SHAPE.batch, alertsMax };
    const model = new Model(1, { one: { ...SHAPE, concurrency, batch, retryAgeMaxMs: HOUR_MS } });
    const destination = model.destination('one');
    const others = destination.send;
    destination.send = async (deliveries, signal): Promise<SendResult> => {
      if (!deliveries.some(({ json }) => refused.has(uuidIn(json)))) {
        return others(deliveries, signal);
      }
      await model.clock.sleep(1);
      if (fails === 'by timeout') {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      }
      return failures[fails];
    };
    await model.apply();
    const [lane] = model.ids.values();
    const make = () => ({ priority: 'warning' as const, lanes: [lane as number] });
    const refused = new Set(model.ingest(stubborn, make));
    const rest = model.ingest(100, make);
    let beyondMax = 0;
    for (let ms = 0; ms < HOUR_MS / 2; ) {
      const stepMs = ms < 2000 ? 20 : 5000;
      await model.clock.run(stepMs);
      ms += stepMs;
      const arrived = rest.filter((uuid) => destination.arrived.has(uuid));
      beyondMax = Math.max(beyondMax, countBeyond(model, arrived));
    }
    const window = 2 * concurrency * alertsMax;
    assert.ok(beyondMax <= window, `${beyondMax} delivered beyond the cursors, window ${window}`);
    assert.equal(rest.filter((uuid) => destination.arrived.has(uuid)).length, 100);
    const [ledger] = await model.queue.ledger();
    assert.deepEqual([ledger?.dead, ledger?.retry, ledger?.waiting], [0, stubborn, 0]);
  });
}

/** How many of these the cursors have not passed: a crash now would send them again. */
function countBeyond(model: Model, uuids: readonly string[]): number {
  const rows = model.queue.db.prepare('SELECT shard, n FROM cursor').all();
  const cursors = new Map(rows.map(({ shard, n }) => [Number(shard), Number(n)]));
  const positions = uuids.map((uuid) => positionOf(model.acknowledged.get(uuid)?.position ?? 0));
  return positions.filter(({ shard, n }) => n > (cursors.get(shard) ?? 0)).length;
}

function uuidIn(json: string): string {
  return json.slice(9, 45);
}

test('a lane with retry rows is not idle, whether it has read them or not', async () => {
  const rig = await LaneRig.start({ out: {} });
  assert.equal(rig.engine.isIdle(), true);
  await rig.untilRetryRow();
  await rig.clock.run(5000);
  assert.equal((await rig.ledgerOf()).waiting, 0);
  assert.equal(rig.engine.isIdle(), false);
  const { exceptions } = rig.queue;
  rig.queue.exceptions = () => Promise.reject(new Error('the file cannot be read'));
  await rig.crash();
  await rig.clock.run(5000);
  assert.equal(rig.engine.isIdle(), false);
  rig.queue.exceptions = exceptions;
  rig.peer().answer = () => DELIVERED;
  await rig.runUntilDone(60_000);
  await rig.clock.run(10);
  assert.equal(rig.engine.isIdle(), true);
});

test('a lane that could not write its progress is not idle', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 8 } });
  const settle = rig.queue.settle.bind(rig.queue);
  rig.queue.settle = () => Promise.reject(new Error('the disk is full'));
  rig.ingest(1);
  await rig.clock.run(5000);
  assert.equal(rig.peer().arrived.size, 1);
  assert.equal(rig.engine.isIdle(), false);
  rig.queue.settle = settle;
  await rig.clock.run(5000);
  assert.equal(rig.engine.isIdle(), true);
});
