import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { positionKey } from '../position.ts';
import type { AlertColumns } from './columns.ts';
import type { StoreState } from './state.ts';

/** A checksum over what a flipped bit could turn into another alert or another destination. */
export function rowChecksum(lanes: string, json: string | Uint8Array): number {
  return crc32(json, crc32(lanes));
}

/** Makes `append(columns)`: returns the number of the first alert; the others follow without holes. */
export function createAppend(db: DatabaseSync, state: () => StoreState) {
  const insert = db.prepare(
    'INSERT INTO alert (pos, uuid, at_ms, lanes, rule, source, hostname, crc, ingest, body) VALUES (?,?,?,?,?,?,?,?,?,?)',
  );
  const saveNextN = db.prepare("UPDATE meta SET value = ? WHERE key = 'nextN'");
  const routed = new Map<string, number>();

  return function append(columns: AlertColumns): number {
    const current = state();
    const firstN = current.nextN;
    const { buffer, byteOffset } = columns.text;
    let at = byteOffset;
    routed.clear();
    for (let i = 0; i < columns.uuid.length; i += 1) {
      const lanes = columns.lanes[i] as string;
      const json = new Uint8Array(buffer, at, columns.textBytes[i]);
      at += json.length;
      insert.run(
        positionKey(columns.shard[i] as number, current.nextN),
        columns.uuid[i] as string,
        columns.receivedAtMs[i] as number,
        lanes,
        columns.rule[i] as string,
        columns.source[i] as string,
        columns.hostname[i] as string,
        rowChecksum(lanes, json),
        columns.ingest[i] as string,
        json,
      );
      current.nextN += 1;
      if (lanes !== '') routed.set(lanes, (routed.get(lanes) ?? 0) + 1);
    }
    for (const [lanes, count] of routed) countRouted(current, lanes, count);
    saveNextN.run(current.nextN);
    return firstN;
  };
}

function countRouted(state: StoreState, lanes: string, count: number): void {
  for (const id of lanes.slice(1, -1).split(',')) {
    const lane = state.lanes.get(Number(id));
    // Routed just before its lane was dropped: nobody waits for it any more.
    if (lane !== undefined && lane.state !== 'dropped') lane.routedDelta += count;
  }
}

/** Writes the counts of a whole transaction, once, before its commit. */
export function createRoutedFlush(db: DatabaseSync, state: () => StoreState) {
  const update = db.prepare('UPDATE lane SET routed = routed + ? WHERE id = ?');
  return function flushRouted(): void {
    for (const lane of state().lanes.values()) {
      if (lane.routedDelta === 0) continue;
      update.run(lane.routedDelta, lane.id);
      lane.routedDelta = 0;
    }
  };
}
