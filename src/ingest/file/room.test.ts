import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { FILE_SETTINGS, falcoLine, followFiles } from '../../../test/support/followed-files.ts';

/** Parts of lines that wait for their end: one budget over all files of an input. */

const MIB = 1024 * 1024;
const PART = '2026-08-11T00:04:09.1Z stdout P ';
const LAST = '2026-08-11T00:04:09.1Z stderr F ';
const END = '2026-08-11T00:04:09.1Z stdout F ';

test('lines that others leave open have no room for good: it is told, and a small one is whole', async (t) => {
  const { start, directory, stored, rules, metric, logged } = followFiles(t);
  const [greedy, other, falco] = ['greedy', 'other', 'falco'].map((name) =>
    join(directory, `${name}.log`),
  ) as [string, string, string];
  const [head, tail] = [falcoLine('R 1').slice(0, 40), falcoLine('R 1').slice(40)];
  writeFileSync(falco, `${PART}${head}\n`);
  writeFileSync(greedy, `${PART}${'x'.repeat(6 * MIB)}\n`.repeat(2));
  writeFileSync(other, `${PART}${'y'.repeat(6 * MIB)}\n`);
  // Of the other stream, so that they end no line: they tell when all before them is read.
  for (const path of [greedy, other]) appendFileSync(path, `${LAST}${falcoLine('last')}\n`);
  const settings = { ...FILE_SETTINGS, paths: [falco, greedy, other], lineBytesMax: 13 * MIB };
  await start({ pods: settings });
  await stored(2);
  appendFileSync(falco, `${END}${tail}\n`);
  await stored(3);
  assert.deepEqual(rules(), ['last', 'last', 'R 1']);
  appendFileSync(greedy, `${END}x\n`);
  const isTold = (): boolean =>
    logged.some(({ fields }) => (fields as { code?: string }).code === 'line_no_room');
  await eventually('it is told', isTold, 20_000);
  assert.match(await metric('tocsin_alerts_rejected_total'), /code="line_no_room"\} 1$/);
  assert.ok(logged.every(({ fields }) => !JSON.stringify(fields).includes('xxxx')));
});
