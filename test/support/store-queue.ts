import { DatabaseSync } from 'node:sqlite';
import { severityOf } from '../../src/alert.ts';
import type { NewAlert, Queue, Settlement } from '../../src/queue/queue.ts';
import { packAlerts } from '../../src/queue/sqlite/packed.ts';
import { createLedger, createSurvey } from '../../src/queue/sqlite/ledger.ts';
import { createReads } from '../../src/queue/sqlite/read.ts';
import type { RetentionLimits } from '../../src/queue/sqlite/retention.ts';
import { TABLES } from '../../src/queue/sqlite/schema.ts';
import type { CursorMove } from '../../src/queue/sqlite/state.ts';
import { Store } from '../../src/queue/sqlite/store.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * The real store over a database in memory, without threads: a commit is a moment in virtual time,
 * and what is in the database is what a crash leaves.
 */
export class StoreQueue implements Queue {
  readonly db = new DatabaseSync(':memory:');
  store: Store;
  onMoves: (moves: readonly CursorMove[]) => void = () => undefined;
  onStored: (lanes: ReadonlySet<number>) => void = () => undefined;
  /** Changes a settlement on its way: for tests that break the rules on purpose. */
  sabotage: (settlement: Settlement) => Settlement = (settlement) => settlement;
  /** What happens to the file while nobody looks: for such tests, too. */
  onCrash: () => void = () => undefined;
  /** While true, nothing can be written. */
  diskIsFull = false;
  readonly #clock: VirtualClock;
  readonly #limits: RetentionLimits;
  readonly #reads: ReturnType<typeof createReads>;

  constructor(clock: VirtualClock, limits: RetentionLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.db.exec(TABLES);
    this.db.exec("INSERT INTO meta VALUES ('queueId', 'test'), ('nextN', 1)");
    this.store = new Store(this.db, '/nonexistent', limits);
    this.#reads = createReads(this.db);
  }

  /** What was in memory is gone, what was committed is not. */
  crash(): void {
    this.onCrash();
    this.store = new Store(this.db, '/nonexistent', this.#limits);
  }

  async append(alerts: readonly NewAlert[]): Promise<void> {
    await this.#commitDelay();
    this.appendNow(alerts);
  }

  /** Returns where the alerts stand. */
  appendNow(alerts: readonly NewAlert[]) {
    const reply = this.store.commit(
      { packed: packAlerts(alerts), settlements: [] },
      this.#clock.wallMs(),
    );
    this.onMoves(reply.moves);
    if (reply.append === undefined || 'refused' in reply.append) throw new Error('refused');
    const { firstN } = reply.append;
    this.onStored(new Set(alerts.flatMap(({ lanes }) => lanes)));
    return alerts.map((alert, i) => ({ shard: severityOf(alert.priority), n: firstN + i }));
  }

  async read(lane: number, shard: number, after: number, limit: number, bytesMax?: number) {
    const head = this.head();
    await this.#commitDelay();
    return this.#reads.read(lane, shard, after, limit, head, bytesMax);
  }

  async settle(settlement: Settlement) {
    await this.#commitDelay();
    const { appends, ...core } = this.sabotage(settlement);
    const reply = this.store.commit(
      {
        packed: undefined,
        settlements: [
          { settlement: core, appends: appends.length === 0 ? undefined : packAlerts(appends) },
        ],
      },
      this.#clock.wallMs(),
    );
    this.onMoves(reply.moves);
    const [settled] = reply.settled;
    if (settled?.result === undefined) throw new Error(settled?.error ?? 'no reply');
    if (appends.length > 0) this.onStored(new Set(appends.flatMap(({ lanes }) => lanes)));
    return settled.result;
  }

  /** Makes room as a full queue does, until something that waited is given up. */
  shed(): void {
    const moves: CursorMove[] = [];
    for (let step = 0; step < 100 && moves.length === 0; step += 1) {
      if (!this.store.makeRoom(this.#clock.wallMs(), moves)) return;
    }
    this.onMoves(moves);
  }

  exceptions = async (lane: number, state: 'retry' | 'held' | 'dead', limit: number) =>
    this.#reads.exceptions(lane, state, limit);

  exceptionAlert = async (id: number) => this.#reads.exceptionAlert(id);

  surveyStale: Queue['surveyStale'] = async (lane, after, beforeMs, except) =>
    createSurvey(this.db)(lane, after, beforeMs, except, this.head());

  syncLanes: Queue['syncLanes'] = async (outputs) =>
    this.store.syncLanes(outputs, this.#clock.wallMs());

  head = () => this.store.nextN - 1;

  ledger = async () => createLedger(this.db)();

  close = async () => this.db.close();

  async #commitDelay(): Promise<void> {
    await this.#clock.sleep(1);
    if (this.diskIsFull) throw new Error('database or disk is full');
  }
}
