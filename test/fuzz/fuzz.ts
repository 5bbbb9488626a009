import { flagsOf, usageError } from '../support/usage.ts';
import { failureOf, run } from './run.ts';
import { writeFound } from './found.ts';
import { openTargets } from './targets.ts';

/** `npm run fuzz`: changed inputs into every parser and both doors. */

const HELP = `Usage: npm run fuzz -- [--seconds N] [--seed N] [--only TARGET,...]

Changes inputs and gives them to every parser and to both doors, each in its share of the time.

  --seconds N   how long, 60 by default
  --seed N      makes the inputs of an earlier run again
  --only NAMES  these targets, separated by commas; a wrong name tells which there are
  --help        this text

What fails is made small and written to test/fuzz/found/, where the tests try it again. The exit code
is 0 when nothing failed, 1 when something did, 2 when the command line is wrong.
`;

const options = flagsOf('fuzz', HELP, {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
  only: { type: 'string' },
});

const seconds = positive('seconds', options.seconds);
const seed = positive('seed', options.seed);
const closers: (() => unknown)[] = [];
let failed = 0;

try {
  const all = await openTargets({ after: (close) => closers.unshift(close) });
  const wanted = options.only?.split(',') ?? all.map(({ name }) => name);
  const targets = all.filter(({ name }) => wanted.includes(name));
  if (targets.length !== wanted.length) {
    const names = all.map(({ name }) => name).join(', ');
    usageError('fuzz', `--only ${options.only}: the targets are ${names}`);
  }
  console.log(`seed ${seed}`);
  for (const target of targets) {
    const ran = await run({ target, seed, ms: (seconds * 1000) / targets.length });
    console.log(`${ran.target.padEnd(16)}${String(ran.rounds).padStart(8)} rounds`);
    failed += ran.failures.length;
    for (const failure of ran.failures) {
      const isInput = (await failureOf(target, failure.input)) !== undefined;
      const where = isInput ? writeFound(failure) : 'no single input does it';
      console.log(`  round ${failure.round}: ${failure.failure}\n  ${where}`);
    }
  }
} finally {
  for (const close of closers) await close();
}
console.log(failed === 0 ? 'nothing failed' : `${failed} failures`);
process.exitCode = failed === 0 ? 0 : 1;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  return usageError('fuzz', `--${name} ${text}: give a number`);
}
