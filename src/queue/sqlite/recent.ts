import type { DatabaseSync } from 'node:sqlite';
import { contentKey } from '../../json.ts';
import type { RecentAlert } from '../history.ts';
import { positionKey, SHARD_COUNT } from '../position.ts';
import { unlessCorrupt } from './disk.ts';

/**
 * A uuid that the hub has made holds the time it was taken in: nobody sends it again, and its text
 * need not be read. One that another hub has made may do so by chance.
 */
const IS_OWN = `substr(uuid, 15, 1) = '7' AND instr(ingest, '"hops"') = 0
  AND substr(uuid, 1, 8) || substr(uuid, 10, 4) = printf('%012x', at_ms)`;

interface Row {
  readonly uuid: string;
  readonly atMs: number;
  readonly rule: string;
  readonly hostname: string;
  readonly ingest: string;
  readonly body: string | null;
}

/**
 * Makes `recent`: what a hub that starts must know again of the alerts numbered beyond `after` up to
 * `to`. The keys are of those taken in since `sinceMs` under an id that their sender gave them.
 */
export function createRecent(db: DatabaseSync) {
  const read = db.prepare(
    `SELECT uuid, at_ms AS atMs, rule, hostname, ingest,
       CASE WHEN at_ms < ?3 OR (${IS_OWN}) THEN NULL ELSE CAST(body AS TEXT) END AS body
     FROM alert WHERE pos > ?1 AND pos <= ?2`,
  );
  return function recent(after: number, to: number, sinceMs: number): RecentAlert[] {
    return Array.from({ length: SHARD_COUNT }, (_, shard) => {
      const range = [positionKey(shard, after), positionKey(shard, to), sinceMs] as const;
      // What cannot be read is not recognised: it is delivered twice rather than not at all.
      return unlessCorrupt(() => read.all(...range)) ?? [];
    }).flatMap((rows) => rows.map((row) => recentOf(row as unknown as Row)));
  };
}

function recentOf({ uuid, atMs, rule, hostname, ingest, body }: Row): RecentAlert {
  const key = body === null ? undefined : contentKey(body, new Date(atMs).toISOString());
  return { uuid, receivedAtMs: atMs, rule, hostname, ingest, key };
}
