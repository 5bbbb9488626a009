import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

/** The command line of `npm run bench`. */
export interface Options {
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly directory: string;
  /** The part to measure; absent: every one. */
  readonly only?: string | undefined;
}

/** A mistake of who typed it: told in one line, without a stack. */
export class UsageError extends Error {}

/** @param parts What `--only` may name. */
export function readOptions(args: readonly string[], parts: readonly string[]): Options {
  const options = parsed(args);
  if (options.only !== undefined && !parts.includes(options.only)) {
    throw new UsageError(`There is no part '${options.only}'; there are ${parts.join(', ')}.`);
  }
  return options;
}

function parsed(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        directory: { type: 'string', default: tmpdir() },
        only: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    // The parser goes on to explain what is not the matter here.
    const [what] = (error as Error).message.split(/[.\n]/);
    throw new UsageError(`${what}; --help tells what there is.`);
  }
}

/** @param parts What each part measures, by its name. */
export function helpText(parts: Readonly<Record<string, { readonly what: string }>>): string {
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
