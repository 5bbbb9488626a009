import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { positionKey } from '../../src/queue/position.ts';
import { createLedger } from '../../src/queue/sqlite/ledger.ts';
import type { CheckingServer } from './checking-server.ts';
import type { HubProcess } from './hub-process.ts';
import { isExact } from './numbered-alerts.ts';
import type { Poster } from './posting.ts';

/** What became of the alerts one output owes: by uuid, from the queue's file and the destination. */
export interface Account {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged alerts that the destination has. */
  readonly delivered: number;
  /** Acknowledged alerts that are dead letters. */
  readonly dead: number;
  /** As the queue counts them: what was shed is there no more. */
  readonly suppressed: number;
  /** Acknowledged alerts that the queue still has for the output. */
  readonly waiting: number;
  /** Acknowledged, and in none of the above. */
  readonly lost: number;
  /** Deliveries beyond the first, of whatever alert. */
  readonly duplicates: number;
  /** Arrived with another digit than was sent. */
  readonly inexact: number;
  /** What the queue's own books lack. */
  readonly mismatch: number;
}

export interface Books {
  readonly waiting: ReadonlySet<string>;
  readonly dead: ReadonlySet<string>;
  readonly suppressed: number;
  readonly mismatch: number;
}

export function accountOf(
  hub: HubProcess,
  output: string,
  server: CheckingServer,
  posters: Poster | readonly Poster[],
): Account {
  const all = [posters].flat();
  const acknowledged = union(all.map((poster) => poster.acknowledged));
  const books = readBooks(hub, output);
  const { waiting, dead, suppressed, mismatch } = books;
  const delivered = intersection(acknowledged, server.taken);
  const missing = [...acknowledged].filter(
    (uuid) => !server.taken.has(uuid) && !waiting.has(uuid) && !dead.has(uuid),
  );
  return {
    sent: union(all.map((poster) => poster.sent)).size,
    acknowledged: acknowledged.size,
    delivered,
    dead: intersection(acknowledged, dead),
    suppressed,
    waiting: intersection(acknowledged, waiting),
    lost: Math.max(0, missing.length - suppressed),
    duplicates: [...server.taken.values()].reduce((sum, times) => sum + times - 1, 0),
    inexact: server.arrivals.filter(({ uuid, json }) => !isExact(uuid, json)).length,
    mismatch,
  };
}

/** Fails where an acknowledged alert is lost, an arrived one is not what was sent, or books differ. */
export function assertNothingLost(account: Account, duplicatesMax = 0): void {
  const { lost, inexact, mismatch, duplicates } = account;
  const text = JSON.stringify(account);
  assert.deepEqual({ lost, inexact, mismatch }, { lost: 0, inexact: 0, mismatch: 0 }, text);
  assert.ok(duplicates <= duplicatesMax, `more than ${duplicatesMax} duplicates: ${text}`);
}

function union(sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

function intersection(set: ReadonlySet<string>, other: { has(uuid: string): boolean }): number {
  return [...set].filter((uuid) => other.has(uuid)).length;
}

/** What the queue's file says, whether the hub runs or not. */
export function readBooks(hub: HubProcess, output: string): Books {
  const path = join(hub.queueDirectory, 'queue.db');
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const { id } = db.prepare('SELECT id FROM lane WHERE name = ?').get(output) as { id: number };
    // One snapshot: between two an alert goes from what waits to what is tried again, and is in neither.
    db.exec('BEGIN');
    const exceptions = exceptionsOf(db, id);
    const waiting = new Set([...waitingOf(db, id), ...exceptions('retry', 'held')]);
    db.exec('ROLLBACK');
    const ledger = createLedger(db)().find(({ lane }) => lane.id === id);
    return {
      waiting,
      dead: new Set(exceptions('dead', 'dropped')),
      suppressed: ledger?.suppressed ?? 0,
      mismatch: ledger?.mismatch ?? Number.NaN,
    };
  } finally {
    db.close();
  }
}

function exceptionsOf(db: DatabaseSync, lane: number): (...states: string[]) => string[] {
  const rows = db.prepare('SELECT uuid, state FROM exception WHERE lane = ?').all(lane);
  return (...states) =>
    (rows as unknown as { uuid: string; state: string }[])
      .filter(({ state }) => states.includes(state))
      .map(({ uuid }) => uuid);
}

/** Beyond the cursors, and no exception. */
function waitingOf(db: DatabaseSync, lane: number): string[] {
  const cursors = db.prepare('SELECT shard, n FROM cursor WHERE lane = ?').all(lane);
  const beyond = db.prepare(
    `SELECT uuid FROM alert WHERE pos > ? AND pos < ? AND instr(lanes, ?) > 0
       AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.lane = ? AND e.pos = alert.pos)`,
  );
  return (cursors as unknown as { shard: number; n: number }[]).flatMap(({ shard, n }) =>
    beyond
      .all(positionKey(shard, n), positionKey(shard + 1, 0), `,${lane},`, lane)
      .map(({ uuid }) => uuid as string),
  );
}
