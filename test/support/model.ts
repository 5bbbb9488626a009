import assert from 'node:assert/strict';
import { PRIORITIES } from '../../src/alert.ts';
import { Engine, type EngineOutput } from '../../src/deliver/engine.ts';
import type { LaneObserver } from '../../src/deliver/lane-context.ts';
import { windowMax } from '../../src/deliver/limits.ts';
import { positionKey, positionOf } from '../../src/queue/position.ts';
import type { NewAlert } from '../../src/queue/queue.ts';
import { Destination } from './model-destination.ts';
import { nothingYet } from './model-happened.ts';
import { type Progress, readProgress } from './model-progress.ts';
import { Random } from './random.ts';
import { StoreQueue } from './store-queue.ts';
import { VirtualClock } from './virtual-clock.ts';

/**
 * A hub in a box: the real engine over the real store, destinations that answer at random, and a
 * world that crashes, reloads and sheds. What was acknowledged is written down, and checked.
 */

export { type Mood, WELL } from './model-destination.ts';

const NO_LIMIT = 2 ** 40;

export type OutputShape = Omit<EngineOutput['settings'], 'name' | 'type'>;

export const SHAPE: OutputShape = {
  batch: { alertsMax: 10, bytesMax: 1_000_000, waitMs: 0 },
  concurrency: 2,
  timeoutMs: 1000,
  staleAfterMs: 0,
  retryAgeMaxMs: 60_000,
};

export class Model {
  readonly random: Random;
  readonly clock = new VirtualClock();
  readonly queue: StoreQueue;
  readonly destinations = new Map<string, Destination>();
  readonly shapes = new Map<string, OutputShape>();
  /** Acknowledged alerts: uuid to the names of the outputs each is for. */
  readonly acknowledged = new Map<string, { position: number; outputs: readonly string[] }>();
  ids: ReadonlyMap<string, number> = new Map();
  /** Ids of removed outputs, too. */
  readonly lanes = new Map<string, number>();
  /** `uuid output`: handed to another output or dropped, so nobody owes it any more. */
  readonly excused = new Set<string>();
  readonly happened = nothingYet();
  engine: Engine;
  readonly #removed = new Map<string, OutputShape>();
  /** The largest window each output ever had: what was delivered under it may still lie there. */
  readonly #windows = new Map<string, number>();
  #next = 1;

  constructor(seed: number, outputs: Readonly<Record<string, OutputShape>>) {
    this.random = new Random(seed);
    this.queue = new StoreQueue(this.clock, {
      bytesMax: NO_LIMIT,
      historyMax: NO_LIMIT,
      whenFull: 'shed',
      orphanMaxMs: NO_LIMIT,
    });
    for (const [name, shape] of Object.entries(outputs)) {
      this.shapes.set(name, shape);
      this.destinations.set(name, new Destination(this.random, this.clock));
    }
    this.engine = this.#newEngine();
  }

  /** Applies the outputs as `shapes` has them. */
  async apply(): Promise<void> {
    const outputs = [...this.shapes].map(([name, shape]): EngineOutput => {
      // What a cursor waits for goes even where the window is full, one in each slot.
      const window = windowMax(shape) + shape.concurrency;
      this.#windows.set(name, Math.max(window, this.#windows.get(name) ?? 0));
      const { send } = this.destination(name);
      return {
        name,
        type: 'model',
        settings: { ...shape, name, type: 'model' },
        adapter: { send, close: async () => undefined },
      };
    });
    const engine = this.engine;
    const applying = engine.apply(outputs);
    let done = false;
    const mark = (): void => {
      done = true;
    };
    applying.then(mark, mark);
    for (let ms = 0; !done && ms < 100_000; ms += 10) await this.clock.run(10);
    this.ids = await applying;
    for (const [name, id] of this.ids) this.lanes.set(name, id);
  }

  /** The output leaves the configuration; its lane becomes an orphan. */
  async remove(name: string): Promise<void> {
    const shape = this.shapes.get(name);
    if (shape === undefined || this.shapes.size === 1) return;
    this.happened.removed += 1;
    this.#removed.set(name, shape);
    this.shapes.delete(name);
    await this.apply();
  }

  async restore(): Promise<void> {
    for (const [name, shape] of this.#removed) this.shapes.set(name, shape);
    this.#removed.clear();
    await this.apply();
  }

  /** An operator sends dead letters again, to their own output or to another, or drops one. */
  async replay(): Promise<void> {
    const dead = this.queue.db
      .prepare("SELECT id, lane, uuid FROM exception WHERE state = 'dead' AND pos > 0")
      .all() as { id: number; lane: number; uuid: string }[];
    if (dead.length === 0) return;
    const { id, lane, uuid } = this.random.pick(dead);
    const nameOf = (wanted: number): string | undefined =>
      [...this.lanes].find(([, one]) => one === wanted)?.[0];
    const to = this.random.pick([...this.ids.values()]);
    if (this.random.chance(0.2)) {
      this.queue.store.dead.drop({ ids: [id] });
      this.excused.add(`${uuid} ${nameOf(lane)}`);
      return;
    }
    const own = this.random.chance(0.5) && this.ids.has(nameOf(lane) ?? '');
    const rows = this.queue.store.dead.replay({ ids: [id] }, own ? undefined : to);
    this.happened.replayed += 1;
    if (!own && to !== lane) {
      this.happened.handedOver += 1;
      this.excused.add(`${uuid} ${nameOf(lane)}`);
      this.excused.add(`${uuid} ${nameOf(to)}`);
    }
    const loading = this.engine.reloadRetries(new Set(rows.map((row) => row.lane)));
    await this.clock.run(10);
    await loading;
  }

  /** What a crash may send again, all lanes together. */
  get window(): number {
    return [...this.#windows.values()].reduce((sum, one) => sum + one, 0);
  }

  destination(name: string): Destination {
    const destination = this.destinations.get(name);
    assert.ok(destination, `no destination ${name}`);
    return destination;
  }

  /** Stores alerts and notes that they were acknowledged. */
  ingest(count: number, make: (uuid: string) => Partial<NewAlert> = () => ({})): string[] {
    const uuids = Array.from({ length: count }, () => this.#uuid());
    const alerts = uuids.map((uuid) => this.#alert(uuid, make(uuid)));
    const positions = this.queue.appendNow(alerts);
    alerts.forEach((alert, i) => {
      const outputs = [...this.ids].filter(([, id]) => alert.lanes.includes(id));
      const { shard, n } = positions[i] as { shard: number; n: number };
      this.acknowledged.set(alert.uuid, {
        position: positionKey(shard, n),
        outputs: outputs.map(([name]) => name),
      });
    });
    return uuids;
  }

  /** The process dies: nothing that was under way is ever heard of again. */
  async crash(): Promise<void> {
    this.happened.crashes += 1;
    for (const { fresh } of this.destinations.values()) fresh.clear();
    this.clock.clear();
    this.queue.crash();
    this.engine = this.#newEngine();
    await this.apply();
  }

  /** Runs until nothing waits, or says what does. */
  async runUntilIdle(limitMs: number): Promise<void> {
    for (let spentMs = 0; spentMs < limitMs; spentMs += 1000) {
      await this.clock.run(1000);
      const ledger = await this.queue.ledger();
      const open = ledger.reduce((sum, lane) => sum + lane.waiting + lane.retry, 0);
      if (open === 0 && this.engine.isIdle()) return;
    }
    assert.fail(`not idle: ${JSON.stringify(this.engine.statuses())}`);
  }

  /**
   * Nothing acknowledged is unaccounted for: below a cursor it has arrived, is an exception or lies
   * in a gap; and every lane's sums add up.
   */
  async check(): Promise<void> {
    for (const { lane, mismatch, ...sums } of await this.queue.ledger()) {
      assert.equal(mismatch, 0, `${lane.name} does not add up: ${JSON.stringify(sums)}`);
    }
    const known = readProgress(this.queue.db);
    const beyond = new Map<string, number>();
    for (const [uuid, { position, outputs }] of this.acknowledged) {
      for (const name of outputs) {
        if (!this.#checkOne(uuid, position, name, known)) continue;
        beyond.set(name, (beyond.get(name) ?? 0) + 1);
      }
    }
    for (const [name, count] of beyond) this.#checkWindow(name, count);
  }

  /** A crash now would send these again: never more than the window. */
  #checkWindow(name: string, beyond: number): void {
    const window = this.#windows.get(name) ?? 0;
    assert.ok(beyond <= window, `${name} delivered ${beyond} beyond its cursors, window ${window}`);
    this.happened.windowUsed = Math.max(this.happened.windowUsed, beyond / window);
  }

  /** True: it arrived in this life, and its lane's cursor has not passed it. */
  #checkOne(uuid: string, position: number, name: string, known: Progress): boolean {
    const lane = this.lanes.get(name);
    if (lane === undefined || this.excused.has(`${uuid} ${name}`)) return false;
    const destination = this.destination(name);
    const arrived = (destination.arrived.get(uuid) ?? 0) > 0;
    const { shard, n } = positionOf(position);
    const isException = known.exceptions.has(`${lane} ${position}`);
    if (n > (known.cursors.get(`${lane} ${shard}`) ?? 0)) {
      return destination.fresh.has(uuid) && !isException;
    }
    const gaps = known.gaps.get(`${lane} ${shard}`) ?? [];
    const isInGap = gaps.some(({ from, to }) => from <= n && n <= to);
    if (!arrived && !isException && !isInGap) {
      assert.fail(`${uuid} was passed by ${name} and is nowhere`);
    }
    return false;
  }

  readonly #observer: LaneObserver = {
    attempted: () => undefined,
    delivered: () => undefined,
    dead: () => void (this.happened.dead += 1),
    suppressed: (reason, count) => void (this.happened.stale += reason === 'stale' ? count : 0),
    paused: () => void (this.happened.paused += 1),
    resumed: () => undefined,
    stuck: (message) => void (this.happened.stuck += message === undefined ? 0 : 1),
  };

  #newEngine(): Engine {
    const engine = new Engine({
      queue: this.queue,
      clock: this.clock,
      random: this.random.next,
      redact: (text) => text,
      observerOf: () => this.#observer,
      queueBytesMax: Number.POSITIVE_INFINITY,
      staleSummary: ({ id }, survey) => {
        const count = survey.counts.reduce((sum, one) => sum + one.count, 0);
        return this.#alert(this.#uuid(), { rule: `${count} too old`, lanes: [id] });
      },
    });
    this.queue.onMoves = (moves) => {
      for (const { count } of moves) this.happened.shed += count;
      engine.givenUp(moves);
    };
    this.queue.onStored = (lanes) => engine.wake(lanes);
    return engine;
  }

  #uuid(): string {
    this.#next += 1;
    return `00000000-0000-7000-8000-${String(this.#next).padStart(12, '0')}`;
  }

  #alert(uuid: string, own: Partial<NewAlert>): NewAlert {
    const lanes = [...this.ids.values()].filter(() => this.random.chance(0.8));
    return {
      uuid,
      priority: this.random.pick(PRIORITIES),
      rule: 'model',
      source: 'syscall',
      hostname: 'h',
      receivedAtMs: this.clock.wallMs(),
      lanes,
      json: `{"uuid":"${uuid}","priority":"Warning"}`,
      ingest: '{}',
      ...own,
    };
  }
}
