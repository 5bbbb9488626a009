import assert from 'node:assert/strict';
import { PRIORITIES } from '../../src/alert.ts';
import { Engine, type EngineOutput } from '../../src/deliver/engine.ts';
import type { LaneObserver } from '../../src/deliver/lane-context.ts';
import type { Delivery, SendResult, SingleResult } from '../../src/output/define.ts';
import { positionKey } from '../../src/queue/position.ts';
import type { NewAlert } from '../../src/queue/queue.ts';
import { Random } from './random.ts';
import { StoreQueue } from './store-queue.ts';
import { VirtualClock } from './virtual-clock.ts';

/**
 * A hub in a box: the real engine over the real store, destinations that answer at random, and a
 * world that crashes, reloads and sheds. What was acknowledged is written down, and checked.
 */

const NO_LIMIT = 2 ** 40;

/** How a model's destination behaves. */
export interface Mood {
  /** Chances of each answer; the rest is delivered. */
  readonly reject: number;
  readonly server: number;
  readonly network: number;
  readonly hang: number;
  readonly partial: number;
}

export const WELL: Mood = { reject: 0, server: 0, network: 0, hang: 0, partial: 0 };

export class Destination {
  readonly arrived = new Map<string, number>();
  mood: Mood = WELL;
  /** Refused for ever: poison. */
  readonly poison = new Set<string>();
  readonly #random: Random;
  readonly #clock: VirtualClock;

  constructor(random: Random, clock: VirtualClock) {
    this.#random = random;
    this.#clock = clock;
  }

  send = async (deliveries: readonly Delivery[], signal: AbortSignal): Promise<SendResult> => {
    await this.#clock.sleep(1 + this.#random.below(20));
    if (this.#random.chance(this.mood.hang)) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return { outcome: 'retry', reason: 'timeout', detail: 'hung' };
    }
    const whole = this.#failure();
    if (this.#random.chance(this.mood.partial)) return this.#partial(deliveries);
    if (whole !== undefined) return whole;
    if (deliveries.some(({ json }) => this.poison.has(uuidIn(json)))) {
      return { outcome: 'reject', reason: 'payload', detail: 'poison' };
    }
    for (const { json } of deliveries) this.#arrive(json);
    return { outcome: 'delivered' };
  };

  #failure(): SingleResult | undefined {
    const { network, server } = this.mood;
    if (this.#random.chance(network)) {
      return { outcome: 'retry', reason: 'network', detail: 'refused' };
    }
    if (this.#random.chance(server)) return { outcome: 'retry', reason: 'server', detail: '500' };
    return undefined;
  }

  #partial(deliveries: readonly Delivery[]): SendResult {
    const results = deliveries.map(({ json }): SingleResult => {
      if (this.poison.has(uuidIn(json)) || this.#random.chance(this.mood.reject)) {
        return { outcome: 'reject', reason: 'payload', detail: 'item' };
      }
      if (this.#random.chance(this.mood.server)) {
        return { outcome: 'retry', reason: 'server', detail: 'item' };
      }
      this.#arrive(json);
      return { outcome: 'delivered' };
    });
    return { outcome: 'partial', results };
  }

  #arrive(json: string): void {
    const uuid = uuidIn(json);
    this.arrived.set(uuid, (this.arrived.get(uuid) ?? 0) + 1);
  }
}

const SILENT: LaneObserver = {
  attempted: () => undefined,
  delivered: () => undefined,
  dead: () => undefined,
  suppressed: () => undefined,
  paused: () => undefined,
  resumed: () => undefined,
  stuck: () => undefined,
};

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
  engine: Engine;
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
    await this.clock.run(10);
    this.ids = await applying;
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
    for (const [uuid, { position, outputs }] of this.acknowledged) {
      for (const name of outputs) this.#checkOne(uuid, position, name);
    }
  }

  #checkOne(uuid: string, position: number, name: string): void {
    const lane = this.ids.get(name);
    if (lane === undefined || !this.#isPassed(lane, position)) return;
    if ((this.destination(name).arrived.get(uuid) ?? 0) > 0) return;
    const known = this.queue.db
      .prepare('SELECT 1 FROM exception WHERE lane = ? AND pos = ?')
      .get(lane, position);
    if (known !== undefined || this.#isInGap(lane, position)) return;
    assert.fail(`${uuid} was passed by ${name} and is nowhere`);
  }

  #isPassed(lane: number, position: number): boolean {
    const row = this.queue.db
      .prepare(
        'SELECT 1 FROM cursor WHERE lane = ?1 AND shard = ?2 / 1125899906842624 AND n >= ?2 % 1125899906842624',
      )
      .get(lane, position);
    return row !== undefined;
  }

  #isInGap(lane: number, position: number): boolean {
    const row = this.queue.db
      .prepare(
        'SELECT 1 FROM gap WHERE lane = ?1 AND shard = ?2 / 1125899906842624 AND from_n <= ?2 % 1125899906842624 AND to_n >= ?2 % 1125899906842624',
      )
      .get(lane, position);
    return row !== undefined;
  }

  #newEngine(): Engine {
    const engine = new Engine({
      queue: this.queue,
      clock: this.clock,
      random: this.random.next,
      redact: (text) => text,
      observerOf: () => SILENT,
      staleSummary: (lane, survey) =>
        this.#alert(this.#uuid(), {
          rule: `${survey.counts.reduce((sum, { count }) => sum + count, 0)} too old`,
          lanes: [lane.id],
        }),
    });
    this.queue.onMoves = (moves) => engine.moved(moves);
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

function uuidIn(json: string): string {
  return json.slice(9, 45);
}
