import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { PRIORITIES, type Priority, severityOf } from '../../src/alert.ts';
import type { Fate } from '../../src/queue/history.ts';
import { positionKey } from '../../src/queue/position.ts';
import type {
  LaneLedger,
  LaneStart,
  NewAlert,
  Position,
  Settlement,
  SettleResult,
} from '../../src/queue/queue.ts';
import { packAlerts } from '../../src/queue/sqlite/packed.ts';
import type { LaneRequest } from '../../src/queue/sqlite/lanes.ts';
import { createLedger } from '../../src/queue/sqlite/ledger.ts';
import { createQueries } from '../../src/queue/sqlite/queries.ts';
import { createReads } from '../../src/queue/sqlite/read.ts';
import type { RetentionLimits } from '../../src/queue/sqlite/retention.ts';
import { TABLES } from '../../src/queue/sqlite/schema.ts';
import { type CommitReply, Store } from '../../src/queue/sqlite/store.ts';

/** The real store over a database in memory, one commit a call: what a transaction leaves, at once. */

export const NO_LIMITS: RetentionLimits = {
  bytesMax: 2 ** 40,
  historyMax: 2 ** 40,
  whenFull: 'shed',
  orphanMaxMs: 2 ** 40,
};

let nextUuid = 0;

/** An alert with a uuid of its own and a text of about 60 characters, or of `bytes`. */
export function newAlert(own: Partial<NewAlert> = {}, bytes = 0): NewAlert {
  nextUuid += 1;
  const uuid = own.uuid ?? `00000000-0000-7000-9000-${String(nextUuid).padStart(12, '0')}`;
  return {
    uuid,
    priority: 'warning',
    rule: 'A rule',
    source: 'syscall',
    hostname: 'node-1',
    receivedAtMs: 1_800_000_000_000,
    lanes: [],
    json: `{"uuid":"${uuid}","priority":"Warning","output":"${'x'.repeat(bytes)}"}`,
    ingest: '{}',
    ...own,
  };
}

export function newAlerts(count: number, own: Partial<NewAlert> = {}): NewAlert[] {
  return Array.from({ length: count }, () => newAlert(own));
}

type Progress = Partial<Omit<Settlement, 'lane'>>;

export class StoreRig {
  readonly db = new DatabaseSync(':memory:');
  readonly reads: ReturnType<typeof createReads>;
  readonly queries: ReturnType<typeof createQueries>;
  store: Store;
  nowMs = 1_800_000_000_000;
  readonly #limits: RetentionLimits;

  constructor(limits: Partial<RetentionLimits> = {}) {
    this.#limits = { ...NO_LIMITS, ...limits };
    this.db.exec(TABLES);
    this.db.exec("INSERT INTO meta VALUES ('queueId', 'rig'), ('nextN', 1)");
    this.store = this.#newStore();
    this.reads = createReads(this.db);
    this.queries = createQueries(this.db);
  }

  /** The process died: memory is gone, what was committed is not. */
  restart(): void {
    this.store = this.#newStore();
  }

  sync(...outputs: readonly (string | LaneRequest)[]): LaneStart[] {
    const requests = outputs.map((one) =>
      typeof one === 'string' ? { name: one, type: 'webhook' } : one,
    );
    return this.store.syncLanes(requests, this.nowMs);
  }

  /** These are all the lanes there are to be. */
  lanes(...names: readonly string[]): number[] {
    return this.sync(...names).map(({ lane }) => lane.id);
  }

  tryAppend(alerts: readonly NewAlert[]): CommitReply {
    return this.store.commit({ packed: packAlerts(alerts), settlements: [] }, this.nowMs);
  }

  append(alerts: readonly NewAlert[]): Position[] {
    const { append } = this.tryAppend(alerts);
    if (append === undefined || 'refused' in append) assert.fail('the alerts were refused');
    const { firstN } = append;
    return alerts.map(({ priority }, i) => ({ shard: severityOf(priority), n: firstN + i }));
  }

  settle(lane: number, progress: Progress): SettleResult {
    const settlement = {
      lane,
      cursors: [],
      exceptions: [],
      retries: [],
      gaps: [],
      regained: [],
      ...progress,
    };
    const { appends = [], ...core } = settlement;
    const packed = appends.length === 0 ? undefined : packAlerts(appends);
    const request = { packed: undefined, settlements: [{ settlement: core, appends: packed }] };
    const [settled] = this.store.commit(request, this.nowMs).settled;
    if (settled?.result === undefined) assert.fail(settled?.error ?? 'no reply');
    return settled.result;
  }

  /** Everything of a shard up to `n` was delivered but for what is already an exception. */
  deliver(lane: number, priority: Priority, to: number, progress: Progress = {}): SettleResult {
    const shard = severityOf(priority);
    const from = this.cursor(lane, priority);
    const { count } = this.db
      .prepare(
        `SELECT count(*) AS count FROM alert WHERE pos > ? AND pos <= ? AND instr(lanes, ?) > 0
           AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.lane = ? AND e.pos = alert.pos)`,
      )
      .get(positionKey(shard, from), positionKey(shard, to), `,${lane},`, lane) as {
      count: number;
    };
    const delivered = count - (progress.exceptions ?? []).length;
    return this.settle(lane, { ...progress, cursors: [{ shard, from, to, delivered }] });
  }

  deliverAll(lane: number): void {
    for (const priority of PRIORITIES) this.deliver(lane, priority, this.store.nextN - 1);
  }

  /** One alert becomes an exception; returns its row's id. */
  except(lane: number, position: Position, state: 'retry' | 'dead', reason = 'server'): number {
    const exception = { position, state, reason, detail: 'a detail', attempts: 3 };
    const result = this.settle(lane, { exceptions: [exception] });
    if (result.outcome !== 'settled') assert.fail('the lane was moved');
    return result.exceptions[0]!.id;
  }

  cursor(lane: number, priority: Priority): number {
    const row = this.db
      .prepare('SELECT n FROM cursor WHERE lane = ? AND shard = ?')
      .get(lane, severityOf(priority)) as { n: number } | undefined;
    return row?.n ?? 0;
  }

  ledger(): LaneLedger[] {
    return createLedger(this.db)();
  }

  ledgerOf(lane: number): LaneLedger {
    const found = this.ledger().find((one) => one.lane.id === lane);
    assert.ok(found, `no lane ${lane}`);
    return found;
  }

  /** `routed = delivered + dead + suppressed + retry + held + waiting`, for every lane. */
  assertConserved(when = ''): void {
    for (const { lane, mismatch, ...sums } of this.ledger()) {
      assert.equal(mismatch, 0, `${lane.name} ${when}: ${JSON.stringify(sums)}`);
    }
  }

  /** What `why` says of an alert, by output. */
  fates(uuid: string): Readonly<Record<string, Fate>> {
    const [record] = this.queries.find(uuid);
    assert.ok(record, `${uuid} is not found`);
    return record.fates;
  }

  count(table: 'alert' | 'exception' | 'gap' | 'receipt'): number {
    const row = this.db.prepare(`SELECT count(*) AS count FROM ${table}`).get();
    return Number(row?.count);
  }

  #newStore(): Store {
    return new Store(this.db, '/nonexistent', this.#limits);
  }
}
