import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { positionKey, positionOf } from '../position.ts';
import type { Position, ReadResult, StoredAlert } from '../queue.ts';
import { rowChecksum } from './append.ts';
import { isCorrupt, unlessCorrupt } from './disk.ts';
import { BODY_TEXT, createReads } from './read.ts';

type Read = ReturnType<typeof createReads>['read'];

/** Rows read one by one where a page is damaged. */
const SINGLE_ROWS_MAX = 500;
/** Damaged rows that are remembered. */
const BAD_ROWS_MAX = 10_000;

/**
 * Makes the `read` of lanes, for a file that may be damaged. A page that cannot be read costs the
 * alerts on it, and a bit flipped in an alert's routing does not make it vanish: both are `damaged`
 * for whom they were. Throws where even that cannot be told.
 */
export function createCarefulRead(db: DatabaseSync, onDamage = (): void => undefined): Read {
  const { read } = createReads(db);
  const readSingly = createReadSingly(db);
  const misrouted = createMisrouted(db);
  /** Shards with a page of which a part is gone. */
  const torn = new Set<number>();
  return function carefulRead(lane, shard, after, limit, head, bytesMax) {
    if (torn.has(shard)) return readSingly(lane, shard, after, limit, head);
    try {
      const result = read(lane, shard, after, limit, head, bytesMax);
      return misrouted(lane, shard, after, result);
    } catch (error) {
      if (error instanceof TornPageError) torn.add(shard);
      else if (!isCorrupt(error)) throw error;
      onDamage();
      return readSingly(lane, shard, after, limit, head);
    }
  };
}

/**
 * A page that was written in part passes for a whole one where the rest is zeros: its rows are there,
 * without a key and with nothing in them, and who looks for them by their keys finds none.
 */
class TornPageError extends Error {
  override readonly name = 'TornPageError';
}

interface Row {
  readonly at_ms: number;
  readonly lanes: string;
  readonly crc: number;
  readonly ingest: string;
  readonly body: string;
}

/** A row as it lies in the file, for its checksum alone; null where a page is torn. */
interface RawRow {
  readonly pos: number;
  readonly lanes: string | null;
  readonly crc: number;
  readonly body: Uint8Array | null;
}

/** The index of uuids knows which rows there are, and lies on pages of its own. */
function createReadSingly(db: DatabaseSync): Read {
  const known = db.prepare(
    `SELECT pos FROM alert INDEXED BY alert_uuid WHERE pos > ? AND pos <= ?
     ORDER BY pos LIMIT ${SINGLE_ROWS_MAX}`,
  );
  const one = db.prepare(`SELECT at_ms, lanes, crc, ingest, ${BODY_TEXT} FROM alert WHERE pos = ?`);
  const routing = db.prepare('SELECT lanes FROM alert WHERE pos = ?');

  return function readSingly(lane, shard, after, limit, head): ReadResult {
    const mark = `,${lane},`;
    const keys = known
      .all(positionKey(shard, after), positionKey(shard, head))
      .map(({ pos }) => pos as number);
    const alerts: StoredAlert[] = [];
    const damaged: Position[] = [];
    for (const key of keys) {
      const position = positionOf(key);
      // Where not even the routing can be read, nobody knows for whom it was: each lane is told.
      const lanes = unlessCorrupt(() => routing.get(key) as { lanes: string })?.lanes ?? mark;
      if (!lanes.includes(mark)) continue;
      const row = unlessCorrupt(() => one.get(key) as unknown as Row);
      if (row === undefined || rowChecksum(row.lanes, row.body) !== row.crc) damaged.push(position);
      else alerts.push({ position, json: row.body, ingest: row.ingest, receivedAtMs: row.at_ms });
      if (alerts.length >= limit) return { alerts, damaged, scannedTo: position.n };
    }
    const last = keys.at(-1);
    const isAll = last === undefined || keys.length < SINGLE_ROWS_MAX;
    return { alerts, damaged, scannedTo: isAll ? head : positionOf(last).n };
  };
}

/**
 * Corrects what a read found damaged by what the rows' checksums say of their routing. That takes a
 * look at rows that seem to be for others; one lane's look serves all that come after it.
 */
function createMisrouted(db: DatabaseSync) {
  const others = db.prepare(
    `SELECT pos, lanes, crc, body FROM alert
     WHERE pos > ? AND pos <= ? AND coalesce(instr(lanes, ?), 0) = 0`,
  );
  const one = db.prepare('SELECT CAST(lanes AS BLOB) AS lanes, crc, body FROM alert WHERE pos = ?');
  const stretches = createStretches();
  const bad = new Set<number>();

  function look(shard: number, after: number, to: number, mark: string): void {
    if (after >= to) return;
    const range = [positionKey(shard, after), positionKey(shard, to)] as const;
    for (const row of others.iterate(...range, mark)) {
      const { pos, lanes, crc, body } = row as unknown as RawRow;
      if (lanes === null || body === null) throw new TornPageError();
      if (rowChecksum(lanes, body) !== crc) bad.add(pos);
    }
  }

  function isFor(key: number, mark: string): boolean {
    const row = one.get(key) as { lanes: Uint8Array; crc: number; body: Uint8Array } | undefined;
    if (row === undefined) return false;
    const lanes = Buffer.from(row.lanes);
    const meant = routingMeant(lanes, row.crc, row.body);
    if (meant !== undefined) return meant.includes(mark);
    const text = lanes.toString();
    return text.includes(mark) || !ROUTING.test(text);
  }

  return function misrouted(
    lane: number,
    shard: number,
    after: number,
    result: ReadResult,
  ): ReadResult {
    const { scannedTo } = result;
    const mark = `,${lane},`;
    if (bad.size > BAD_ROWS_MAX) {
      bad.clear();
      stretches.forget();
    }
    for (const { n } of result.damaged) bad.add(positionKey(shard, n));
    look(shard, stretches.seenTo(shard, after), scannedTo, mark);
    stretches.saw(shard, after, scannedTo);
    const [low, high] = [positionKey(shard, after), positionKey(shard, scannedTo)];
    const keys = [...bad].filter((key) => key > low && key <= high && isFor(key, mark));
    return { ...result, damaged: keys.map(positionOf) };
  };
}

/** What of each shard was looked at: one stretch of it, which grows as lanes go along. */
function createStretches() {
  const seen = new Map<number, { after: number; to: number }>();
  return {
    forget: () => seen.clear(),
    /** From here on nothing is seen yet. */
    seenTo(shard: number, after: number): number {
      const known = seen.get(shard);
      return known !== undefined && known.after <= after ? Math.max(after, known.to) : after;
    },
    saw(shard: number, after: number, to: number): void {
      const known = seen.get(shard);
      if (known === undefined) seen.set(shard, { after, to });
      // A hole between two stretches: what lies beyond it is looked at again.
      else if (after <= known.to && to >= known.after) {
        known.after = Math.min(known.after, after);
        known.to = Math.max(known.to, to);
      }
    },
  };
}

/** Lane ids between commas, or none. */
const ROUTING = /^(?:,\d+(?:,\d+)*,)?$/;

/** The routing as it was stored, where one flipped bit of it is all that is wrong with the row. */
function routingMeant(lanes: Buffer, crc: number, body: Uint8Array): string | undefined {
  for (let bit = 0; bit < lanes.length * 8; bit += 1) {
    const tried = Buffer.from(lanes);
    tried[bit >> 3] = (tried[bit >> 3] as number) ^ (1 << (bit & 7));
    if (crc32(body, crc32(tried)) === crc) return tried.toString();
  }
  return undefined;
}
