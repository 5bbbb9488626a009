import { dirname, resolve } from 'node:path';
import { createControlClient } from '../api/client.ts';
import type { Control } from '../api/contract.ts';
import { controlSocketPath } from '../api/socket-path.ts';
import type { Context, Environment } from './context.ts';
import { CliError } from './exit.ts';

/** The running hub that a command asks. */
export interface RunningHub {
  readonly control: Control;
  readonly directory: string;
}

const DIRECTORY_DEFAULT = '/var/lib/tocsin';

/** Finds the hub by its queue directory, in the order in which the hub itself looks for it. */
export async function findHub(context: Context): Promise<RunningHub> {
  const { env } = context.deps;
  const directory =
    context.queueDirectory ||
    env['TOCSIN_QUEUE_DIRECTORY'] ||
    (await configuredDirectory(context)) ||
    DIRECTORY_DEFAULT;
  const control = createControlClient(controlSocketPath(directory), operatorOf(env));
  return { control, directory };
}

/** The file is only read, not checked: a mistake in it is no reason not to ask the hub. */
async function configuredDirectory({ configFile, deps }: Context): Promise<string | undefined> {
  if (configFile === undefined) return undefined;
  const { readRaw } = await import('../../config/read/raw.ts');
  const baseDirectory = dirname(resolve(configFile));
  const { raw, problems } = await readRaw({ file: configFile, env: deps.env, baseDirectory });
  if (raw === undefined) {
    const { formatProblem } = await import('../../config/problem.ts');
    throw new CliError(
      `${problems.map(formatProblem).join('\n')}\nGive --queue-directory instead.`,
    );
  }
  const { queue } = raw.value as { queue?: { directory?: unknown } };
  return typeof queue?.directory === 'string' ? queue.directory : undefined;
}

/** Who asks, for the hub's log. The names are only what the environment says. */
function operatorOf(env: Environment): string {
  const name = env['SUDO_USER'] || env['USER'] || env['LOGNAME'] || '';
  const uid = `uid ${process.getuid?.() ?? 'unknown'}`;
  return /^[\w.@-]{1,64}$/.test(name) ? `${uid} (${name})` : uid;
}
