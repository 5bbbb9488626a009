import type { OptionValues } from 'commander';
import { FATE_STATES } from '../api/endpoints.ts';
import type { Context } from './context.ts';

/** What a command does. Resolves with the exit code. */
export type Run = (
  context: Context,
  args: readonly string[],
  options: OptionValues,
) => Promise<number>;

export interface Command {
  /** `alerts`, or with its group: `dead replay`. */
  readonly name: string;
  readonly summary: string;
  /** As commander writes them: `<uuid>`, `[ids...]`. */
  readonly arguments?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  /** Loads what only this command needs. */
  readonly load: () => Promise<Run>;
}

/** Commands with a common first word. */
export const GROUPS: Readonly<Record<string, string>> = {
  outputs: 'Look after the outputs of the running hub.',
  queue: 'Look after the queue of the running hub.',
  dead: 'Look after alerts that were given up.',
};

const FILE = { '[file]': 'the configuration; default: -c, else the environment' };
const ALERTS_FILE = { '[file]': 'one alert, an array, or one alert a line; default: stdin' };

const LETTERS = { '[ids...]': 'numbers of dead letters, as `dead list` shows them' };
const WHICH_LETTERS = {
  '--output <name>': 'all of this output',
  '--all': 'all there are',
};

const HUB = {
  '--url <url>': 'the hub; default: http://127.0.0.1:2801',
  '--token <token>': 'bearer token',
  '--token-file <file>': 'file with the bearer token, which others cannot see in a process list',
  '--ca-file <file>': "certificate authority of the hub, beside the system's",
};

/** Every command but `serve`, which is started without any of this. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'check',
    summary: 'Check a configuration and say everything that is wrong with it.',
    arguments: FILE,
    options: { '--strict': 'warnings count as mistakes' },
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'migrate',
    summary: 'Print a Falcosidekick configuration in the native form, secrets as ${env:NAME}.',
    arguments: FILE,
    load: async () => (await import('./commands/migrate.ts')).migrate,
  },
  {
    name: 'explain',
    summary: 'Say which routes take an alert and which outputs get it, and why.',
    arguments: ALERTS_FILE,
    options: {
      '--sender <identity>': 'as who sent them: `token:edge`, `cert:node-1`, `user:ci`',
      '--cluster <name>': 'as if they came on /k8s-audit/<name>',
    },
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'send',
    summary: 'Post alerts to a hub. Exit code 0 only when all were accepted.',
    arguments: ALERTS_FILE,
    options: { ...HUB, '--batch <count>': 'alerts in one request, 1 to 100; default: 100' },
    load: async () => (await import('./commands/send.ts')).send,
  },
  {
    name: 'tail',
    summary: 'Post what Falco writes to stdin, JSON or text, until it ends: falco | tocsin tail.',
    options: {
      ...HUB,
      '--buffer <size>': 'lines held while the hub takes none; then reading stops; default: 8MiB',
      '--grace <time>': 'how long to go on sending after SIGTERM; default: 5s',
    },
    load: async () => (await import('./commands/tail.ts')).tail,
  },
  {
    name: 'alerts',
    summary: 'List what the running hub has taken in, newest first, and what became of it.',
    options: {
      '--since <when>': 'not older: 1h (ago), or 2026-11-03T10:00:00Z',
      '--until <when>': 'not newer, likewise',
      '--rule <name>': 'only of this rule',
      '--host <name>': 'only of this host',
      '--output <name>': 'only what was routed to this output',
      '--state <state>': `only in this state at an output: ${FATE_STATES.join(', ')}`,
      '--limit <count>': 'at most so many, 1 to 1000; default: 50',
    },
    load: async () => (await import('./commands/alerts.ts')).alerts,
  },
  {
    name: 'why',
    summary: 'Say for every output what became of one alert.',
    arguments: { '<uuid>': 'as `alerts` shows it' },
    load: async () => (await import('./commands/why.ts')).why,
  },
  {
    name: 'outputs list',
    summary: 'List the outputs, and why one does not deliver.',
    load: async () => (await import('./commands/outputs.ts')).outputsList,
  },
  {
    name: 'outputs test',
    summary: 'Send a test alert past the queue and say what the destination answered.',
    arguments: { '<name>': 'the output' },
    load: async () => (await import('./commands/outputs.ts')).outputsTest,
  },
  {
    name: 'outputs drop',
    summary: 'Give up what waits for an output that is no longer configured.',
    arguments: { '<name>': 'the output' },
    load: async () => (await import('./commands/outputs.ts')).outputsDrop,
  },
  {
    name: 'outputs resend',
    summary: 'Send one by one, after all, what summaries of old alerts stood for.',
    arguments: { '<name>': 'the output' },
    load: async () => (await import('./commands/outputs.ts')).outputsResend,
  },
  {
    name: 'queue status',
    summary: 'Show how the hub is and what waits. Exit code 1 when the hub itself is not well.',
    load: async () => (await import('./commands/queue.ts')).queueStatus,
  },
  {
    name: 'queue check',
    summary: 'Read the whole queue and count it against its ledger.',
    load: async () => (await import('./commands/queue.ts')).queueCheck,
  },
  {
    name: 'dead list',
    summary: 'List dead letters, newest first.',
    options: { '--limit <count>': 'at most so many, 1 to 1000; default: 50' },
    load: async () => (await import('./commands/dead.ts')).deadList,
  },
  {
    name: 'dead show',
    summary: 'Show a dead letter and its alert.',
    arguments: { '<id>': 'its number' },
    load: async () => (await import('./commands/dead.ts')).deadShow,
  },
  {
    name: 'dead replay',
    summary: 'Send dead letters again.',
    arguments: LETTERS,
    options: { ...WHICH_LETTERS, '--to <output>': 'to this output instead of their own' },
    load: async () => (await import('./commands/dead.ts')).deadReplay,
  },
  {
    name: 'dead drop',
    summary: 'Throw dead letters away.',
    arguments: LETTERS,
    options: WHICH_LETTERS,
    load: async () => (await import('./commands/dead.ts')).deadDrop,
  },
  {
    name: 'drain',
    summary: 'Wait until the running hub has nothing left to deliver.',
    options: {
      '--to <url>': 'hand what waits to this hub instead of to the outputs',
      '--timeout <time>': 'give up after this time; default: 5m',
    },
    load: async () => (await import('./commands/drain.ts')).drain,
  },
  {
    name: 'reload',
    summary: 'Have the running hub load its configuration again.',
    load: async () => (await import('./commands/reload.ts')).reload,
  },
];
