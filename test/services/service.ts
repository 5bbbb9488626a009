import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';

/** Real servers for tests, each a script beside this file; `lib.sh` says what the scripts can do. */

/** What a script tells of a server that runs: `ELASTICSEARCH_URL` and the like. */
export type ServiceValues = Readonly<Record<string, string>>;

type Variables = Readonly<Record<string, string>>;

interface Started {
  readonly name: string;
  readonly env: Variables;
}

/** Which server values belong to. */
const startedFor = new WeakMap<ServiceValues, Started>();
let instances = 0;

/**
 * Starts a server of the test's own, and stops it when the test ends. Skips the test, and resolves
 * to undefined, where the server cannot be had; in continuous integration (`CI=true`) that fails.
 *
 * @param env Variables that the script understands.
 */
export async function startService(
  t: TestContext,
  name: string,
  env: Variables = {},
): Promise<ServiceValues | undefined> {
  const started = instanceOf(name, env);
  const reason = await reasonAgainst(started);
  if (reason !== undefined) {
    if (process.env['CI'] === 'true') throw new Error(`${name} ${reason}`);
    t.skip(`${name} ${reason}`);
    return undefined;
  }
  // First, for a start may fail half-way.
  t.after(() => run(started, 'stop'));
  // A process that was killed may have had this number, and left its server and its data.
  await run(started, 'stop');
  const values = valuesIn(await run(started, 'start'));
  startedFor.set(values, started);
  return values;
}

/** A server for a program that is no test. */
export interface OpenService {
  readonly values: ServiceValues;
  readonly stop: () => Promise<unknown>;
  /** For a process that is about to exit. */
  readonly stopNow: () => void;
}

/** Starts a server for a program that is no test, or says why it cannot be had. */
export async function openService(name: string): Promise<OpenService | { reason: string }> {
  const started = instanceOf(name, {});
  const reason = await reasonAgainst(started);
  if (reason !== undefined) return { reason: `${name} ${reason}` };
  const stop = (): Promise<unknown> => run(started, 'stop');
  try {
    return {
      values: valuesIn(await run(started, 'start')),
      stop,
      stopNow: () => execFileSync('bash', argumentsOf(started, 'stop'), environmentOf(started)),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function instanceOf(name: string, env: Variables): Started {
  instances += 1;
  return { name, env: { ...env, TOCSIN_SERVICES_INSTANCE: `${process.pid}-${instances}` } };
}

/** Why a server cannot be had here; undefined: it can. */
async function reasonAgainst(started: Started): Promise<string | undefined> {
  return run(started, 'check').then(
    () => undefined,
    (error: Error & { stdout?: string }) => error.stdout?.trim() || error.message,
  );
}

/** Ends a server with SIGKILL. */
export async function killService(values: ServiceValues): Promise<void> {
  await run(startedOf(values), 'kill');
}

/** Starts a server again that was killed: with its data, at its address. */
export async function restartService(values: ServiceValues): Promise<void> {
  await run(startedOf(values), 'start');
}

function startedOf(values: ServiceValues): Started {
  const started = startedFor.get(values);
  if (started === undefined) throw new Error('not what startService resolved to');
  return started;
}

const execute = promisify(execFile);

async function run(started: Started, command: string): Promise<string> {
  const { stdout } = await execute('bash', argumentsOf(started, command), environmentOf(started));
  return stdout;
}

function argumentsOf({ name }: Started, command: string): string[] {
  return [join(import.meta.dirname, `${name}.sh`), command];
}

function environmentOf({ env }: Started): { readonly env: NodeJS.ProcessEnv } {
  return { env: { ...process.env, ...env } };
}

function valuesIn(text: string): ServiceValues {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
