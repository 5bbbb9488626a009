import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GROUPS } from './groups.ts';
import { isGood, runMatrix } from './matrix.ts';
import { toTable } from './table.ts';

/** The short form of `npm run faults`; this seed can be given to that. */
const seed = Date.now() % 1_000_000;

test(`nothing is lost, whatever breaks (seed ${seed})`, async () => {
  const matrix = await runMatrix({ groups: GROUPS, short: true, seed, progress: () => undefined });
  const table = toTable(matrix);
  console.log(table);
  assert.ok(matrix.rows.length > 0);
  assert.ok(isGood(matrix.rows), table);
});
