import type { DatabaseSync } from 'node:sqlite';
import { positionOf } from '../position.ts';
import type { LaneLedger, Position } from '../queue.ts';
import { rowChecksum } from './append.ts';
import { createLedger } from './ledger.ts';

/** Damage one check names; more are only counted. */
const NAMED_MAX = 100;

export interface CheckReport {
  /** What SQLite itself finds wrong with the file's structure; empty: nothing. */
  readonly structure: readonly string[];
  readonly alerts: number;
  readonly damagedCount: number;
  readonly damaged: readonly Position[];
  readonly ledger: readonly LaneLedger[];
}

/**
 * Reads the whole file: its structure, every alert's checksum (a flipped bit passes SQLite's own
 * check) and the conservation of every lane.
 */
export function checkFile(db: DatabaseSync): CheckReport {
  const structure = db
    .prepare('PRAGMA integrity_check(20)')
    .all()
    .map((row) => String(Object.values(row)[0]))
    .filter((line) => line !== 'ok');
  const damaged: Position[] = [];
  let alerts = 0;
  let damagedCount = 0;
  for (const row of db.prepare('SELECT pos, lanes, crc, body FROM alert').iterate()) {
    const { pos, lanes, crc, body } = row as {
      pos: number;
      lanes: string | null;
      crc: number;
      body: Uint8Array | null;
    };
    alerts += 1;
    // Null is what a torn page leaves.
    if (lanes !== null && body !== null && rowChecksum(lanes, body) === crc) continue;
    damagedCount += 1;
    if (damaged.length < NAMED_MAX) damaged.push(positionOf(pos));
  }
  return { structure, alerts, damagedCount, damaged, ledger: createLedger(db)() };
}
