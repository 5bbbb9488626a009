import { flagsOf, usageError } from '../support/usage.ts';
import { GROUPS } from './groups.ts';
import { isGood, planOf, runMatrix } from './matrix.ts';
import { toTable } from './table.ts';

/** `npm run faults`: tries to make the hub lose an alert, and prints what became of each. */

const HELP = `Usage: npm run faults -- [--only GROUP] [--short] [--seed N] [--list]

Tries to make the hub lose an alert, in every way we know, and prints what became of each.

  --only GROUP  one of ${Object.keys(GROUPS).join(', ')}
  --short       a form of a minute in place of one of under 12
  --seed N      the random choices of an earlier run
  --list        what there is, and nothing else
  --help        this text

Progress goes to stderr. The exit code is 0 when nothing was lost and every promise held, 1 when not,
2 when the command line is wrong.
`;

const values = flagsOf('faults', HELP, {
  only: { type: 'string' },
  short: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  seed: { type: 'string' },
});

const { only, short, list } = values;
if (only !== undefined && GROUPS[only] === undefined) {
  usageError('faults', `There is no group ${only}; there are ${Object.keys(GROUPS).join(', ')}.`);
}
if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
  usageError('faults', '--seed wants a number.');
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
