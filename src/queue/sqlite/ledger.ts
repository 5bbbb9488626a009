import type { DatabaseSync } from 'node:sqlite';
import { PRIORITIES, type Priority } from '../../alert.ts';
import { positionKey, positionOf } from '../position.ts';
import type { LaneLedger, Position, StaleSurvey } from '../queue.ts';
import { BlockCounts } from './block-counts.ts';
import { unlessCorrupt } from './disk.ts';

/** Counts and surveys over the whole queue: slow ones, so they run on the reading thread. */

interface LaneRecord {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly state: LaneLedger['state'];
  readonly routed: number;
  readonly delivered: number;
  readonly dead: number;
  readonly suppressed: number;
}

/** How long one step of counting keeps the reading thread from the lanes. */
const STEP_MS = 10;

/**
 * Conservation: `routed = delivered + dead + suppressed + retry + held + waiting` for every lane,
 * where `waiting` is counted from the alerts themselves, not from the other numbers.
 */
export function createLedger(db: DatabaseSync): () => LaneLedger[] {
  const step = createLedgerStep(db, Number.POSITIVE_INFINITY);
  return () => step() ?? [];
}

/**
 * The same a step at a time: undefined where there is more to count. What was counted once is not
 * counted again, so that a million alerts that wait cost something only the first time.
 */
export function createLedgerStep(
  db: DatabaseSync,
  stepMs = STEP_MS,
): () => LaneLedger[] | undefined {
  const lanes = db.prepare(
    'SELECT id, name, type, state, routed, delivered, dead, suppressed FROM lane ORDER BY id',
  );
  const nextN = db.prepare("SELECT value FROM meta WHERE key = 'nextN'");
  const waitingOf = createWaiting(db);
  const pending = db.prepare(
    `SELECT coalesce(sum(state = 'retry'), 0) AS retry, coalesce(sum(state = 'held'), 0) AS held
     FROM exception WHERE lane = ? AND state IN ('retry', 'held')`,
  );

  function ledgerOf(record: LaneRecord, head: number): LaneLedger {
    const { id, name, type, state, routed, delivered, dead, suppressed } = record;
    const { retry, held } = pending.get(id) as Record<'retry' | 'held', number>;
    const counted = state === 'dropped' ? { waiting: 0 } : waitingOf.count(id, head);
    const mismatch = routed - delivered - dead - suppressed - retry - held - counted.waiting;
    const sums = { routed, delivered, dead, suppressed, retry, held, mismatch };
    return Object.assign({ lane: { id, name, type }, state }, sums, counted);
  }

  return function step(): LaneLedger[] | undefined {
    const untilMs = performance.now() + stepMs;
    // One snapshot for all counts: commits go on meanwhile.
    db.exec('BEGIN');
    try {
      const head = (nextN.get() as { value: number }).value - 1;
      if (!waitingOf.catchUp(head, untilMs)) return undefined;
      return (lanes.all() as unknown as LaneRecord[]).map((record) => ledgerOf(record, head));
    } finally {
      // Nothing is written, and after a page that cannot be read a COMMIT would fail.
      db.exec('ROLLBACK');
    }
  };
}

/** Counts what waits for a lane: all that is for it beyond its cursors, but for its exceptions. */
function createWaiting(db: DatabaseSync) {
  const blocks = new BlockCounts(db);
  const cursor = db.prepare('SELECT n FROM cursor WHERE lane = ? AND shard = ?');
  const lowest = db.prepare(
    `SELECT min(n) AS n FROM cursor WHERE shard = ?
       AND lane IN (SELECT id FROM lane WHERE state <> 'dropped')`,
  );
  const settled = db.prepare(
    'SELECT count(*) AS count FROM exception WHERE lane = ? AND pos > ? AND pos <= ?',
  );
  const oldest = db.prepare(
    `SELECT at_ms FROM alert WHERE pos > ? AND pos <= ? AND instr(lanes, ?) > 0
       AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.lane = ? AND e.pos = alert.pos)
     ORDER BY pos LIMIT 1`,
  );

  function countShard(lane: number, shard: number, head: number) {
    const { n } = (cursor.get(lane, shard) as { n: number } | undefined) ?? { n: head };
    const [low, high] = [positionKey(shard, n), positionKey(shard, head)];
    const exceptions = n < head ? (settled.get(lane, low, high) as { count: number }).count : 0;
    let waiting = -exceptions;
    let oldestMs: number | undefined;
    for (const { after, to, count } of blocks.of(lane, shard, n, head)) {
      waiting += count;
      if (count === 0 || oldestMs !== undefined) continue;
      const range = [positionKey(shard, after), positionKey(shard, to)] as const;
      const row = unlessCorrupt(() => oldest.get(...range, `,${lane},`, lane));
      oldestMs = (row as { at_ms: number } | undefined)?.at_ms;
    }
    return { waiting, oldestMs };
  }

  return {
    catchUp(head: number, untilMs: number): boolean {
      return PRIORITIES.every((_, shard) => {
        const { n } = lowest.get(shard) as { n: number | null };
        return blocks.catchUp(shard, n ?? head, head, untilMs);
      });
    },
    count(lane: number, head: number): { waiting: number; oldestWaitingMs?: number } {
      const shards = PRIORITIES.map((_, shard) => countShard(lane, shard, head));
      const waiting = shards.reduce((sum, shard) => sum + shard.waiting, 0);
      const times = shards.map(({ oldestMs }) => oldestMs).filter((ms) => ms !== undefined);
      // None where alerts are missing from a damaged file: the count says so, as a mismatch.
      return waiting === 0 || times.length === 0
        ? { waiting }
        : { waiting, oldestWaitingMs: Math.min(...times) };
    },
  };
}

/** Rows of a shard one survey looks at: what is beyond is for the next one. */
const SURVEY_ROWS_MAX = 200_000;

interface Tally {
  readonly counts: Map<string, StaleSurvey['counts'][number]>;
  oldestMs: number;
  newestMs: number;
}

/** Counts what a lane would find too old, shard by shard, without taking it out. */
export function createSurvey(db: DatabaseSync) {
  const rows = db.prepare(
    `SELECT pos, at_ms, rule, instr(lanes, ?) > 0 AS wanted FROM alert
     WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ${SURVEY_ROWS_MAX}`,
  );
  const exceptions = db.prepare('SELECT pos FROM exception WHERE lane = ?');

  return function surveyStale(
    lane: number,
    after: readonly Position[],
    beforeMs: number,
    except: readonly Position[],
    head: number,
  ): StaleSurvey {
    const settled = new Set(except.map(({ shard, n }) => positionKey(shard, n)));
    for (const row of exceptions.iterate(lane)) settled.add((row as { pos: number }).pos);
    const tally: Tally = { counts: new Map(), oldestMs: Number.POSITIVE_INFINITY, newestMs: 0 };
    const gaps = after.flatMap((start) => {
      const { shard, n } = start;
      const found = rows.iterate(`,${lane},`, positionKey(shard, n), positionKey(shard, head));
      return surveyShard(tally, start, found, beforeMs, settled);
    });
    const { counts, oldestMs, newestMs } = tally;
    return { gaps, counts: [...counts.values()], oldestMs, newestMs };
  };
}

/** Ranges of what is too old; what is settled between them belongs to none. */
function surveyShard(
  tally: Tally,
  start: Position,
  found: Iterable<unknown>,
  beforeMs: number,
  settled: ReadonlySet<number>,
): StaleSurvey['gaps'][number][] {
  const { shard } = start;
  const gaps = [{ shard, from: start.n, to: start.n, count: 0 }];
  for (const record of found) {
    const row = record as { pos: number; at_ms: number; rule: string; wanted: number };
    if (row.at_ms >= beforeMs) break;
    const { n } = positionOf(row.pos);
    const gap = gaps.at(-1) as (typeof gaps)[number];
    if (settled.has(row.pos)) {
      gaps.push({ shard, from: n, to: n, count: 0 });
      continue;
    }
    gap.to = n;
    if (row.wanted === 0) continue;
    gap.count += 1;
    add(tally, row.rule, PRIORITIES[shard] as Priority, row.at_ms);
  }
  return gaps.filter(({ count }) => count > 0);
}

/** Rules a summary tells apart; attackers choose file names, not rules, but rules have a bound, too. */
const SUMMARY_RULES_MAX = 100;

function add(tally: Tally, rule: string, priority: Priority, atMs: number): void {
  const shown = tally.counts.size < SUMMARY_RULES_MAX ? rule : 'other rules';
  const key = `${priority} ${shown}`;
  const count = (tally.counts.get(key)?.count ?? 0) + 1;
  tally.counts.set(key, { rule: shown, priority, count });
  tally.oldestMs = Math.min(tally.oldestMs, atMs);
  tally.newestMs = Math.max(tally.newestMs, atMs);
}
