import { tmpdir } from 'node:os';
import { flagsOf, usageError } from '../support/usage.ts';

/** The command line of `npm run bench`. */
export interface Options {
  readonly quick: boolean;
  readonly json: boolean;
  readonly directory: string;
  /** The part to measure; absent: every one. */
  readonly only?: string | undefined;
}

/** Reads the command line; `--help` and a mistake end the process. */
export function readOptions(parts: Readonly<Record<string, { readonly what: string }>>): Options {
  if (process.env['npm_config_quick'] !== undefined) {
    usageError(NAME, 'npm keeps --quick for itself; write `npm run bench -- --quick`.');
  }
  const options = flagsOf(NAME, helpText(parts), {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    directory: { type: 'string', default: tmpdir() },
    only: { type: 'string' },
  });
  const { only } = options;
  if (only !== undefined && parts[only] === undefined) {
    usageError(NAME, `There is no part '${only}'; there are ${Object.keys(parts).join(', ')}.`);
  }
  return options;
}

const NAME = 'bench';

/** @param parts What each part measures, by its name. */
function helpText(parts: Readonly<Record<string, { readonly what: string }>>): string {
  const lines = Object.entries(parts).map(([name, { what }]) => `  ${name.padEnd(14)}${what}`);
  return `Usage: npm run bench -- [--quick] [--only PART] [--json] [--directory DIR]

What an alert costs, each figure beside a baseline of the same run. Trust the ratios.

  --quick       fewer rounds and alerts: under 4 minutes in place of 15
  --only PART   one part alone, see below
  --json        the figures for a program
  --directory   where queues are kept (${tmpdir()}); some GB on a real disk,
                for on a tmpfs a flush costs nothing
  --help        this text

Parts:
${lines.join('\n')}

Linux only: CPU and memory come from /proc. Progress goes to stderr. The exit code is 0 when all was
measured, targets met or not, 1 when something failed, 2 when the command line is wrong.
`;
}
