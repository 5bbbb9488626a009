import { parseArgs } from 'node:util';
import { GROUPS } from './groups.ts';
import { isGood, planOf, runMatrix } from './matrix.ts';
import { toTable } from './table.ts';

/**
 * `npm run faults`: tries to make the hub lose an alert, in every way we know, and prints what
 * became of each. Takes less than 12 minutes; ends with 1 when an alert is lost or a promise is
 * broken. `--only destination` runs one group, `--short` a form of a minute, `--list` tells what
 * there is, `--seed 7` repeats a run.
 */

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    seed: { type: 'string' },
  },
});

const { only, short, list } = values;
if (only !== undefined && GROUPS[only] === undefined) {
  throw new Error(`There is no group ${only}; there are ${Object.keys(GROUPS).join(', ')}.`);
}

if (list) {
  const plan = planOf({ groups: GROUPS, only, short });
  process.stdout.write(`${plan.map(({ name }) => name).join('\n')}\n`);
} else {
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  progress(`seed ${seed}`);
  const matrix = await runMatrix({ groups: GROUPS, only, short, seed, progress });
  process.stdout.write(`${toTable(matrix)}\n`);
  // What a broken scenario left behind must not hold this up.
  process.exit(isGood(matrix.rows) ? 0 : 1);
}
