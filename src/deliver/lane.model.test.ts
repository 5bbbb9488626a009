import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model, type Mood, SHAPE, WELL } from '../../test/support/model.ts';
import type { Settlement } from '../queue/queue.ts';

/**
 * Random histories of the whole engine over the real store: any answers in any order, crashes after
 * any commit, reloads, shedding. `TOCSIN_MODEL_SEED` runs one history again.
 */

const STEPS = 60;
const SEEDS =
  process.env.TOCSIN_MODEL_SEED === undefined
    ? Array.from({ length: 16 }, (_, i) => i + 1)
    : [Number(process.env.TOCSIN_MODEL_SEED)];

function newModel(seed: number): Model {
  return new Model(seed, {
    one: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 1 }, concurrency: 4 },
    many: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 20 }, concurrency: 2 },
    slow: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 5, waitMs: 50 }, concurrency: 1 },
  });
}

function randomMood(model: Model): Mood {
  const { random } = model;
  if (random.chance(0.3)) return WELL;
  if (random.chance(0.2)) return { ...WELL, network: 1 };
  return {
    reject: random.next() * 0.1,
    server: random.next() * 0.4,
    network: random.next() * 0.3,
    hang: random.next() * 0.1,
    partial: random.next() * 0.5,
  };
}

/** One thing that happens to the hub. Returns whether it was a crash. */
async function step(model: Model): Promise<boolean> {
  const { random } = model;
  const uuids = model.ingest(random.below(30) + 1);
  for (const destination of model.destinations.values()) {
    if (random.chance(0.2)) destination.mood = randomMood(model);
    if (random.chance(0.1)) destination.poison.add(random.pick(uuids));
  }
  await model.clock.run(random.below(500));
  if (random.chance(0.05)) model.queue.shed();
  if (random.chance(0.05)) model.queue.diskIsFull = !model.queue.diskIsFull;
  if (random.chance(0.05)) await model.apply();
  if (!random.chance(0.1)) return false;
  model.queue.diskIsFull = false;
  await model.crash();
  return true;
}

/** A whole history; afterwards every destination is well and everything must come to rest. */
async function history(model: Model): Promise<number> {
  await model.apply();
  let crashes = 0;
  for (let i = 0; i < STEPS; i += 1) {
    if (await step(model)) crashes += 1;
    await model.check();
  }
  model.queue.diskIsFull = false;
  for (const destination of model.destinations.values()) destination.mood = WELL;
  await model.runUntilIdle(3_600_000);
  await model.check();
  return crashes;
}

describe('a lane, whatever happens to it', () => {
  for (const seed of SEEDS) {
    it(`accounts for every acknowledged alert (seed ${seed})`, async () => {
      const model = newModel(seed);
      const crashes = await history(model);
      let resent = 0;
      for (const { arrived } of model.destinations.values()) {
        for (const times of arrived.values()) resent += times - 1;
      }
      // The windows of the three lanes: 2 x concurrency x batch.
      const window = 2 * 4 + 2 * 2 * 20 + 2 * 5;
      // A lane that could not write its progress for a while sends none of it again by itself.
      assert.ok(resent <= crashes * window, `${resent} sent again after ${crashes} crashes`);
    });
  }
});

describe('the model notices a lane that breaks the rules', () => {
  const breaches: Record<string, (model: Model, settlement: Settlement) => Settlement> = {
    'a cursor at the newest that is done': (model, settlement) => ({
      ...settlement,
      cursors: settlement.cursors.map((move) => ({ ...move, to: model.queue.head() })),
    }),
    'a cursor that passes an exception which is not written': (_, settlement) => ({
      ...settlement,
      exceptions: [],
    }),
    'deliveries that are not counted': (_, settlement) => ({
      ...settlement,
      cursors: settlement.cursors.map((move) => ({ ...move, delivered: 0 })),
    }),
  };
  for (const [name, breach] of Object.entries(breaches)) {
    it(name, async () => {
      let noticed = 0;
      for (let seed = 1; seed <= 3; seed += 1) {
        const model = newModel(seed);
        model.queue.sabotage = (settlement) => breach(model, settlement);
        await history(model).catch(() => {
          noticed += 1;
        });
      }
      assert.equal(noticed, 3);
    });
  }
});
