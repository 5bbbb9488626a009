import type { DatabaseSync } from 'node:sqlite';

/** What the file says of every lane, by `lane shard` or `lane position`. */
export interface Progress {
  readonly cursors: ReadonlyMap<string, number>;
  readonly exceptions: ReadonlySet<string>;
  readonly gaps: ReadonlyMap<string, readonly { from: number; to: number }[]>;
}

export function readProgress(db: DatabaseSync): Progress {
  const rows = (sql: string): Record<string, number>[] =>
    db.prepare(sql).all() as Record<string, number>[];
  const gaps = new Map<string, { from: number; to: number }[]>();
  for (const { lane, shard, from = 0, to = 0 } of rows(
    'SELECT lane, shard, from_n AS "from", to_n AS "to" FROM gap',
  )) {
    const key = `${lane} ${shard}`;
    gaps.set(key, [...(gaps.get(key) ?? []), { from, to }]);
  }
  return {
    cursors: new Map(
      rows('SELECT lane, shard, n FROM cursor').map(({ lane, shard, n = 0 }) => [
        `${lane} ${shard}`,
        n,
      ]),
    ),
    exceptions: new Set(
      rows('SELECT lane, pos FROM exception').map(({ lane, pos }) => `${lane} ${pos}`),
    ),
    gaps,
  };
}
