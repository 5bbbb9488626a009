import { Command as Program, Option, type OptionValues } from 'commander';
import { escapeTerminal } from '../escape.ts';
import { type Command, COMMANDS, GROUPS } from './commands.ts';
import type { CliDeps, Context } from './context.ts';
import { EXIT_MEANINGS } from './exit.ts';
import { createScreen } from './screen.ts';

/** The command line as commander sees it. `finish` is called with a command's exit code. */
export function createProgram(deps: CliDeps, finish: (exitCode: number) => void): Program {
  const program = new Program('tocsin')
    .description('Alert fan-out hub for runtime security. Without a command it serves.')
    .option(
      '-c, --config <file>',
      "the configuration, Tocsin's or Falcosidekick's; or TOCSIN_CONFIG",
    )
    .addOption(new Option('--config-file <file>', "Falcosidekick's name of it").hideHelp())
    .option(
      '--queue-directory <dir>',
      "the hub's queue; default: TOCSIN_QUEUE_DIRECTORY, else by -c, else /var/lib/tocsin",
    )
    .version(versionText(deps.version), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void deps.stdout.write(text),
      writeErr: (text) => void deps.stderr.write(text),
      outputError: (text, write) => write(text.split('\n').map(escapeTerminal).join('\n')),
      getOutHelpWidth: () => helpWidth(deps.stdout.columns),
      getErrHelpWidth: () => helpWidth(deps.stderr.columns),
    })
    .addHelpText('after', `\n${exitCodesText()}`);
  addServe(program, deps, finish);
  for (const command of COMMANDS) addCommand(program, command, deps, finish);
  return program;
}

const HELP_WIDTH_MAX = 100;

function helpWidth(columns = 80): number {
  return Math.min(columns, HELP_WIDTH_MAX);
}

function versionText(version: string): string {
  const { version: node, platform, arch } = process;
  return `Tocsin ${version}\nNode     ${node}\nPlatform ${platform}/${arch}`;
}

function exitCodesText(): string {
  const lines = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}

function addServe(program: Program, deps: CliDeps, finish: (exitCode: number) => void): void {
  program
    .command('serve')
    .description('Run the hub. This is the default.')
    .option('--pid-file <file>', 'write the process id there when the hub is ready')
    .action(async function serve(this: Program) {
      const { pidFile } = this.opts<{ pidFile?: string }>();
      const { configFile, queueDirectory } = globals(this, deps);
      const exitCode = await deps.serve({
        ...(configFile === undefined ? {} : { configFile }),
        ...(pidFile === undefined ? {} : { pidFile }),
        flags: queueDirectory === undefined ? {} : { 'queue.directory': queueDirectory },
      });
      finish(exitCode);
    });
}

function addCommand(
  program: Program,
  { name, summary, arguments: args = {}, options = {}, load }: Command,
  deps: CliDeps,
  finish: (exitCode: number) => void,
): void {
  const words = name.split(' ');
  const last = words.pop() ?? name;
  const parent = words.length === 0 ? program : groupOf(program, words[0]!);
  const command = parent.command(last).description(summary);
  for (const [argument, description] of Object.entries(args)) {
    command.argument(argument, description);
  }
  for (const [flags, description] of Object.entries(options)) command.option(flags, description);
  command.option('--json', 'print one JSON document; times are ms since 1970');
  command.action(async function run(this: Program) {
    const { json = false, ...given } = this.opts<OptionValues & { json?: boolean }>();
    const context: Context = {
      deps,
      screen: createScreen(deps),
      json,
      nowMs: Date.now(),
      ...globals(this, deps),
    };
    finish(await (await load())(context, this.args, given));
  });
}

function groupOf(program: Program, name: string): Program {
  const known = program.commands.find((command) => command.name() === name);
  return known ?? program.command(name).description(GROUPS[name] ?? '');
}

function globals(
  command: Program,
  { env }: CliDeps,
): Pick<Context, 'configFile' | 'queueDirectory'> {
  const { config, configFile, queueDirectory } = command.optsWithGlobals<GlobalOptions>();
  return {
    configFile: config ?? configFile ?? (env['TOCSIN_CONFIG'] || undefined),
    queueDirectory,
  };
}

interface GlobalOptions {
  readonly config?: string;
  readonly configFile?: string;
  readonly queueDirectory?: string;
}
