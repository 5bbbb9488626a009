import assert from 'node:assert/strict';
import type { Priority } from '../../src/alert.ts';
import { Engine, type EngineOutput } from '../../src/deliver/engine.ts';
import type { LaneObserver } from '../../src/deliver/lane-context.ts';
import type { LaneLedger, NewAlert, Position } from '../../src/queue/queue.ts';
import type { RetentionLimits } from '../../src/queue/sqlite/retention.ts';
import { Random } from './random.ts';
import { NO_LIMITS, newAlert } from './store-rig.ts';
import { butFor, Peer, retry } from './scripted-peer.ts';
import { StoreQueue } from './store-queue.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { WatchedClock } from './watched-clock.ts';

/** The engine over the real store in virtual time, with destinations that a test scripts. */

export {
  type Attempt,
  butFor,
  DEAF,
  DELIVERED,
  NEVER,
  Peer,
  REJECTED,
  retry,
  uuidIn,
} from './scripted-peer.ts';

export type OutputShape = Omit<EngineOutput['settings'], 'name' | 'type'>;

const SHAPE: OutputShape = {
  batch: { alertsMax: 1, bytesMax: 1_000_000, waitMs: 0 },
  concurrency: 1,
  timeoutMs: 10_000,
  staleAfterMs: 0,
  retryAgeMaxMs: 3_600_000,
};

export interface Told {
  readonly paused: { atMs: number; reason: string; untilMs: number }[];
  readonly resumed: number[];
  readonly dead: { uuid: string; reason: string; detail: string }[];
  readonly suppressed: { reason: string; count: number }[];
  readonly stuck: (string | undefined)[];
  readonly failures: { reason: string; detail: string }[];
}

interface Output {
  shape: OutputShape;
  readonly peer: Peer;
  readonly told: Told;
  readonly formerly?: string;
}

export class LaneRig {
  readonly clock = new WatchedClock();
  readonly random: Random;
  readonly queue: StoreQueue;
  /** As they are configured. */
  readonly outputs = new Map<string, Output>();
  /** All there ever were: attempts of a removed one may still end. */
  readonly #known = new Map<string, Output>();
  ids: ReadonlyMap<string, number> = new Map();
  readonly #limits: RetentionLimits;
  engine: Engine;

  constructor(
    shapes: Readonly<Record<string, Partial<OutputShape>>>,
    { seed = 1, limits = {} }: { seed?: number; limits?: Partial<RetentionLimits> } = {},
  ) {
    this.random = new Random(seed);
    this.#limits = { ...NO_LIMITS, ...limits };
    this.queue = new StoreQueue(this.clock, this.#limits);
    for (const [name, shape] of Object.entries(shapes)) this.addOutput(name, shape);
    this.engine = this.#newEngine();
  }

  /** Starts the lanes of these outputs. */
  static async start(...args: ConstructorParameters<typeof LaneRig>): Promise<LaneRig> {
    const rig = new LaneRig(...args);
    await rig.apply();
    return rig;
  }

  addOutput(name: string, shape: Partial<OutputShape>, formerly?: string): void {
    const output: Output = {
      shape: { ...SHAPE, ...shape },
      peer: new Peer(this.clock),
      told: { paused: [], resumed: [], dead: [], suppressed: [], stuck: [], failures: [] },
      ...(formerly === undefined ? {} : { formerly }),
    };
    this.outputs.set(name, output);
    this.#known.set(name, output);
  }

  removeOutput(name: string): void {
    this.outputs.delete(name);
  }

  /** The same output, and what its destination has seen. */
  returnOutput(name: string): void {
    this.outputs.set(name, this.#output(name));
  }

  knows(name: string): boolean {
    return this.#known.has(name);
  }

  async apply(): Promise<void> {
    const outputs = [...this.outputs].map(([name, { shape, peer, formerly }]): EngineOutput => {
      const output = {
        name,
        type: 'scripted',
        settings: { ...shape, name, type: 'scripted' },
        adapter: { send: peer.send, close: () => peer.close() },
      };
      return formerly === undefined ? output : { ...output, formerly };
    });
    const applying = this.engine.apply(outputs);
    await this.during(applying);
    this.ids = await applying;
  }

  /** Lets virtual time pass until a promise of the engine's settles. */
  async during(promise: Promise<unknown>, limitMs = 100_000): Promise<void> {
    let done = false;
    const mark = (): void => {
      done = true;
    };
    promise.then(mark, mark);
    for (let ms = 0; !done && ms < limitMs; ms += 1) await this.clock.run(1);
    assert.ok(done, `not done within ${limitMs} ms`);
  }

  /** The process dies and starts again with the same outputs. */
  async crash(): Promise<void> {
    this.clock.clear();
    this.queue.crash();
    this.engine = this.#newEngine();
    await this.apply();
  }

  peer(name = 'out'): Peer {
    return this.#output(name).peer;
  }

  told(name = 'out'): Told {
    return this.#output(name).told;
  }

  shape(name: string, change: Partial<OutputShape>): void {
    const output = this.#output(name);
    output.shape = { ...output.shape, ...change };
  }

  /** Stores alerts for these outputs (all of them, if none is named) and returns their uuids. */
  ingest(count: number, own: Partial<NewAlert> = {}, names = [...this.ids.keys()]): string[] {
    return this.store(count, own, names).map(({ uuid }) => uuid);
  }

  store(
    count: number,
    own: Partial<NewAlert> = {},
    names: readonly string[] = [...this.ids.keys()],
    bytes = 0,
  ): (NewAlert & { position: Position })[] {
    const lanes = names.map((name) => this.ids.get(name) as number);
    const receivedAtMs = this.clock.wallMs();
    const alerts = Array.from({ length: count }, () =>
      newAlert({ lanes, receivedAtMs, ...own }, bytes),
    );
    const positions = this.queue.appendNow(alerts);
    return alerts.map((alert, i) => ({ ...alert, position: positions[i] as Position }));
  }

  /** An alert, and how long until it arrived. */
  async latencyOf(priority: Priority, name = 'out', limitMs = 100_000): Promise<number> {
    const startMs = this.clock.monotonicMs();
    const [uuid] = this.ingest(1, { priority }, [name]) as [string];
    const peer = this.peer(name);
    while (!peer.has(uuid)) {
      assert.ok(this.clock.monotonicMs() - startMs < limitMs, `not within ${limitMs} ms`);
      await this.clock.run(1);
    }
    return (peer.arrived.get(uuid)?.[0] as number) - startMs;
  }

  async ledgerOf(name = 'out'): Promise<LaneLedger> {
    const id = this.ids.get(name);
    const found = (await this.queue.ledger()).find(({ lane }) => lane.id === id);
    assert.ok(found, `no lane of ${name}`);
    return found;
  }

  /** Lets one alert fail beside others until it is a retry row; returns its uuid. */
  async untilRetryRow(): Promise<string> {
    const [bad] = this.ingest(1) as [string];
    this.peer().answer = butFor([bad], retry('server'));
    for (let i = 0; (await this.ledgerOf()).retry === 0; i += 1) {
      assert.ok(i < 100);
      this.ingest(5);
      await this.clock.run(1000);
    }
    return bad;
  }

  async assertConserved(when = ''): Promise<void> {
    for (const { lane, mismatch, ...sums } of await this.queue.ledger()) {
      assert.equal(mismatch, 0, `${lane.name} ${when}: ${JSON.stringify(sums)}`);
    }
  }

  /** Runs until a lane has nothing waiting and no retry rows; returns how long that took. */
  async runUntilDone(limitMs: number, stepMs = 1000): Promise<number> {
    const startMs = this.clock.monotonicMs();
    for (;;) {
      const ledger = await this.queue.ledger();
      const open = ledger.reduce((sum, lane) => sum + lane.waiting + lane.retry, 0);
      const spentMs = this.clock.monotonicMs() - startMs;
      if (open === 0) return spentMs;
      const left = `${open} open, ${JSON.stringify(this.engine.statuses())}`;
      assert.ok(spentMs < limitMs, `not done within ${limitMs} ms: ${left}`);
      await this.clock.run(stepMs);
    }
  }

  #output(name: string): Output {
    const output = this.#known.get(name);
    assert.ok(output, `no output ${name}`);
    return output;
  }

  #newEngine(): Engine {
    const engine = new Engine({
      queue: this.queue,
      clock: this.clock,
      random: this.random.next,
      redact: (text) => text.replaceAll('s3cret', '***'),
      observerOf: ({ name }) => observe(this.told(name), this.clock),
      queueBytesMax: this.#limits.bytesMax,
      staleSummary: (lane, survey) => {
        const count = survey.counts.reduce((sum, one) => sum + one.count, 0);
        const own = { rule: `${count} too old`, lanes: [lane.id] };
        return newAlert({ ...own, receivedAtMs: this.clock.wallMs() });
      },
    });
    this.queue.onMoves = (moves) => engine.givenUp(moves);
    this.queue.onStored = (lanes) => engine.wake(lanes);
    return engine;
  }
}

function observe(told: Told, clock: VirtualClock): LaneObserver {
  return {
    attempted: ({ reason, detail }) => {
      if (reason !== undefined) told.failures.push({ reason, detail: detail ?? '' });
    },
    delivered: () => undefined,
    dead: (report) => void told.dead.push(report),
    suppressed: (reason, count) => void told.suppressed.push({ reason, count }),
    paused: ({ reason, untilMs }) =>
      void told.paused.push({ atMs: clock.monotonicMs(), reason, untilMs }),
    resumed: () => void told.resumed.push(clock.monotonicMs()),
    stuck: (message) => void told.stuck.push(message),
  };
}
