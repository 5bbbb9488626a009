import { CommanderError } from 'commander';
import { ControlError } from '../api/contract.ts';
import { escapeTerminal } from '../escape.ts';
import type { CliDeps } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { createProgram } from './program.ts';

export type { CliDeps } from './context.ts';

/**
 * Runs one command line, without the program's own name in front. Resolves with the exit code; what
 * went wrong has been said on stderr then.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(deps, (code) => {
    exitCode = code;
  });
  // `tocsin alerts | head` closes the pipe early, and that is no failure.
  deps.stdout.on('error', ignoreClosedPipe);
  try {
    await program.parseAsync(withCommand(program, argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    return tell(error, deps);
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Falcosidekick has options only: with nothing else on the command line, it is the hub. */
function withCommand(
  program: ReturnType<typeof createProgram>,
  argv: readonly string[],
): readonly string[] {
  const { operands, unknown } = program.parseOptions([...argv]);
  const isHelp = unknown.includes('--help') || unknown.includes('-h');
  return operands.length === 0 && !isHelp ? ['serve', ...argv] : argv;
}

function tell(error: unknown, { stderr }: CliDeps): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  for (const line of linesOf(error)) stderr.write(`${escapeTerminal(line)}\n`);
  if (error instanceof CliError) return error.exitCode;
  return error instanceof ControlError && error.code === 'no_hub' ? EXIT.noHub : EXIT.failed;
}

function linesOf(error: unknown): string[] {
  if (error instanceof CliError) return `error: ${error.message}`.split('\n');
  if (!(error instanceof ControlError)) {
    return [
      'error: a fault of the program',
      ...String((error as Error).stack ?? error).split('\n'),
    ];
  }
  const line = `error [${error.code}]: ${error.message}`;
  return error.code === 'no_hub' ? [line, ...NO_HUB_HINTS] : [line];
}

const NO_HUB_HINTS = [
  '  Run this where the hub runs, as its user. To start one: tocsin serve -c FILE',
  '  To point to one: --queue-directory DIR, or -c FILE with the configuration it runs with.',
];
