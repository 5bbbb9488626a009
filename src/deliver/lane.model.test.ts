import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Happened } from '../../test/support/model-happened.ts';
import { Model, type Mood, SHAPE, WELL } from '../../test/support/model.ts';
import type { Settlement } from '../queue/queue.ts';

/**
 * Random histories of the whole engine over the real store: any answers in any order, crashes after
 * any commit, reloads, outputs that go and come back, shedding, alerts that become too old, dead
 * letters that are replayed. `TOCSIN_MODEL_SEED` runs one history again.
 */

const STEPS = 60;
const SEEDS =
  process.env.TOCSIN_MODEL_SEED === undefined
    ? Array.from({ length: 10 }, (_, i) => i + 1)
    : [Number(process.env.TOCSIN_MODEL_SEED)];

const BATCHES = [1, 5, 20];
const CONCURRENCIES = [1, 2, 4];

function newModel(seed: number): Model {
  return new Model(seed, {
    one: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 1 }, concurrency: 4 },
    many: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 20 }, concurrency: 2 },
    slow: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 5, waitMs: 50 }, concurrency: 1 },
    chat: { ...SHAPE, batch: { ...SHAPE.batch, alertsMax: 5 }, staleAfterMs: 8000 },
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

function reshape(model: Model): void {
  const { random } = model;
  const name = random.pick([...model.shapes.keys()]);
  const shape = model.shapes.get(name) ?? SHAPE;
  const batch = { ...shape.batch, alertsMax: random.pick(BATCHES) };
  model.shapes.set(name, { ...shape, batch, concurrency: random.pick(CONCURRENCIES) });
  model.happened.reloads += 1;
}

/** What operators do to a hub that runs. */
async function operate(model: Model): Promise<void> {
  const { random } = model;
  if (random.chance(0.08)) {
    reshape(model);
    await model.apply();
  }
  if (random.chance(0.03)) await model.remove(random.pick([...model.shapes.keys()]));
  if (random.chance(0.1)) await model.restore();
  if (random.chance(0.2)) await model.replay();
}

/** Everything is delivered, and retention empties the table before the hub starts again. */
async function night(model: Model): Promise<void> {
  const { queue, clock } = model;
  queue.diskIsFull = false;
  for (const destination of model.destinations.values()) destination.mood = WELL;
  await model.restore();
  await model.runUntilIdle(3_600_000);
  while (queue.store.makeRoom(clock.wallMs(), []));
  await model.crash();
}

/** One thing that happens to the hub. */
async function step(model: Model): Promise<void> {
  const { random, queue } = model;
  const uuids = model.ingest(random.below(30) + 1);
  for (const destination of model.destinations.values()) {
    if (random.chance(0.2)) destination.mood = randomMood(model);
    if (random.chance(0.1)) destination.poison.add(random.pick(uuids));
  }
  await model.clock.run(random.chance(0.05) ? 10_000 : random.below(500));
  if (random.chance(0.05)) queue.shed();
  if (random.chance(0.05)) queue.diskIsFull = !queue.diskIsFull;
  if (!queue.diskIsFull) await operate(model);
  if (random.chance(0.03)) await night(model);
  if (!random.chance(0.1)) return;
  queue.diskIsFull = false;
  await model.crash();
}

/** A whole history; afterwards every destination is well and everything must come to rest. */
async function history(model: Model): Promise<void> {
  await model.apply();
  for (let i = 0; i < STEPS; i += 1) {
    await step(model);
    await model.check();
  }
  model.queue.diskIsFull = false;
  for (const destination of model.destinations.values()) destination.mood = WELL;
  await model.restore();
  await model.runUntilIdle(3_600_000);
  await model.check();
}

/** Alerts that arrived more often than they should have. */
function resentBy(model: Model): number {
  let resent = 0;
  for (const [name, { arrived }] of model.destinations) {
    for (const [uuid, times] of arrived) {
      if (!model.excused.has(`${uuid} ${name}`)) resent += times - 1;
    }
  }
  return resent;
}

describe('a lane, whatever happens to it', () => {
  const sums: Partial<Record<keyof Happened, number>> = {};
  for (const seed of SEEDS) {
    it(`accounts for every acknowledged alert (seed ${seed})`, async () => {
      const model = newModel(seed);
      await history(model);
      const { crashes } = model.happened;
      const resent = resentBy(model);
      assert.ok(resent <= crashes * model.window, `${resent} sent again, ${crashes} crashes`);
      for (const [what, count] of Object.entries(model.happened)) {
        const key = what as keyof Happened;
        sums[key] = (sums[key] ?? 0) + count;
      }
    });
  }

  it('has been through everything that is claimed', { skip: SEEDS.length === 1 }, () => {
    for (const [what, count] of Object.entries(sums)) {
      assert.ok(count >= SEEDS.length / 4, `${what}: ${count} in ${SEEDS.length} histories`);
    }
  });
});

describe('the model notices a queue or a lane that breaks the rules', () => {
  const ignore = 'BEGIN SELECT RAISE(IGNORE); END';
  const settling =
    (change: (settlement: Settlement, model: Model) => Settlement) =>
    (model: Model): void => {
      model.queue.sabotage = (settlement) => change(settlement, model);
    };
  const breaches: Record<string, (model: Model) => void> = {
    'a cursor at the newest that is done': settling((settlement, model) => ({
      ...settlement,
      cursors: settlement.cursors.map((move) => ({ ...move, to: model.queue.head() })),
    })),
    'a cursor that passes an exception which is written later, if at all': (model) => {
      let held: Settlement['exceptions'] = [];
      settling((settlement) => {
        const exceptions = held;
        held = settlement.exceptions;
        return { ...settlement, exceptions };
      })(model);
    },
    'deliveries that are not counted': settling((settlement) => ({
      ...settlement,
      cursors: settlement.cursors.map((move) => ({ ...move, delivered: 0 })),
    })),
    'deliveries that are counted as they happen, and again after a crash': settling(
      (settlement, model) => ({
        ...settlement,
        cursors: settlement.cursors.map((move) => ({
          ...move,
          delivered: move.delivered + (model.random.chance(0.2) ? 1 : 0),
        })),
      }),
    ),
    'a gap that is not recorded': (model) => {
      model.queue.db.exec(`CREATE TRIGGER no_gap BEFORE INSERT ON gap ${ignore}`);
    },
    'a counter of numbers that is not kept': (model) => {
      const { db } = model.queue;
      model.queue.onCrash = () => {
        // As with a bare row id: what retention has emptied begins again.
        db.exec(
          "UPDATE meta SET value = (SELECT coalesce(max(pos % 1125899906842624), 0) + 1 FROM alert) WHERE key = 'nextN'",
        );
      };
    },
    'a retry row that forgets that it was delivered': (model) => {
      model.queue.db.exec(
        `CREATE TRIGGER forgetful BEFORE UPDATE OF state ON exception
           WHEN new.state = 'delivered' ${ignore}`,
      );
    },
    'exceptions that vanish in a crash': (model) => {
      model.queue.onCrash = () =>
        model.queue.db.exec("DELETE FROM exception WHERE state = 'retry'");
    },
  };
  for (const [name, breach] of Object.entries(breaches)) {
    it(name, async () => {
      let noticed = false;
      for (let seed = 1; seed <= 5 && !noticed; seed += 1) {
        const model = newModel(seed);
        breach(model);
        await history(model).catch(() => {
          noticed = true;
        });
      }
      assert.ok(noticed);
    });
  }
});
