import { type ParseArgsConfig, parseArgs } from 'node:util';

type Flags = NonNullable<ParseArgsConfig['options']>;

/**
 * The options of a command for developers (`npm run faults`). `--help` prints the text and ends with
 * 0; a mistake is told in one line, and ends with 2.
 */
export function flagsOf<const T extends Flags>(name: string, help: string, options: T) {
  const asked = new Set(process.argv);
  if (asked.has('--help') || asked.has('-h')) {
    process.stdout.write(help);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    // The parser goes on to explain what is not the matter here.
    const [what = ''] = (error as Error).message.split(/[.\n]/);
    return usageError(name, `${what}; --help tells what there is.`);
  }
}

/** Tells what is wrong with a command line, and ends the process with 2. */
export function usageError(name: string, message: string): never {
  process.stderr.write(`${name}: ${message}\n`);
  process.exit(2);
}
