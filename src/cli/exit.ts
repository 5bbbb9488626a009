/** How the program ends, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, noHub: 3 } as const;

/** What each exit code means: printed by `--help` and in the README. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  [EXIT.ok]: 'done, and nothing is wrong',
  [EXIT.failed]: 'problems were found, or not everything could be done',
  [EXIT.usage]: 'the command line is not understood',
  [EXIT.noHub]: 'no running hub answers',
};

/** Ends a command with a sentence on stderr. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The operator wrote something that cannot be meant. */
export function usageError(message: string): CliError {
  return new CliError(message, EXIT.usage);
}
