import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { positionKey } from '../position.ts';
import { type AlertHead, type PackedAlerts, readHead } from './packed.ts';
import type { StoreState } from './state.ts';

/** A checksum over what a flipped bit could turn into another alert or another destination. */
export function rowChecksum(lanes: string, json: string | Uint8Array): number {
  return crc32(json, crc32(lanes));
}

/** Makes `append(packed)`: returns the number of the first alert; the others follow without holes. */
export function createAppend(db: DatabaseSync, state: () => StoreState) {
  const insert = db.prepare(
    'INSERT INTO alert (pos, uuid, at_ms, lanes, rule, source, hostname, crc, ingest, body) VALUES (?,?,?,?,?,?,?,?,?,?)',
  );
  const saveNextN = db.prepare("UPDATE meta SET value = ? WHERE key = 'nextN'");
  /** Of one append: what goes the same way. */
  const ways = new Map<string, { readonly seed: number; alerts: number }>();
  const wayOf = (lanes: string) => {
    let way = ways.get(lanes);
    if (way === undefined) ways.set(lanes, (way = { seed: crc32(lanes), alerts: 0 }));
    return way;
  };
  const insertOne = (head: AlertHead, json: Uint8Array, n: number): void => {
    const { uuid, shard, receivedAtMs, lanes, rule, source, hostname, ingest } = head;
    const pos = positionKey(shard, n);
    const way = wayOf(lanes);
    way.alerts += 1;
    // `rowChecksum`, of which the lanes' part is the same for all that go one way.
    const crc = crc32(json, way.seed);
    insert.run(pos, uuid, receivedAtMs, lanes, rule, source, hostname, crc, ingest, json);
  };

  return function append({ heads, headChars, json, jsonBytes }: PackedAlerts): number {
    const current = state();
    const firstN = current.nextN;
    let headAt = 0;
    let jsonAt = 0;
    ways.clear();
    for (let i = 0; i < headChars.length; i += 1) {
      const head = readHead(heads.slice(headAt, headAt + headChars[i]!));
      const bytes = json.subarray(jsonAt, jsonAt + jsonBytes[i]!);
      headAt += headChars[i]!;
      jsonAt += jsonBytes[i]!;
      insertOne(head, bytes, current.nextN);
      current.nextN += 1;
    }
    for (const [lanes, { alerts }] of ways) if (lanes !== '') countRouted(current, lanes, alerts);
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
