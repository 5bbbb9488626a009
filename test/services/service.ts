import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Real servers, started by the scripts beside this file. */

/** What a script says of its server: KEY=VALUE lines. */
export type ServiceSettings = Readonly<Record<string, string>>;

/**
 * Starts a server of this test's own, and ends it with the test. Where it cannot be had, the test is
 * skipped by name, and fails where `CI=true` says that it must be there.
 */
export async function startService(
  t: TestContext,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceSettings | undefined> {
  const check = await runScript(name, 'check', env);
  if (check.code !== 0) {
    const reason = `${name} ${check.stdout.trim() || 'is not installed: npm run services'}`;
    if (process.env['CI'] === 'true') throw new Error(reason);
    t.skip(reason);
    return undefined;
  }
  t.after(() => runScript(name, 'stop', env));
  return commandService(name, 'start', env);
}

/** Runs another command of a server's script (`kill`, `start`) and returns what it prints. */
export async function commandService(
  name: string,
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceSettings> {
  const { code, stdout, stderr } = await runScript(name, command, env);
  if (code !== 0) throw new Error(`${name}.sh ${command}: ${stderr}`);
  const lines = stdout.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Tells servers of tests that run at the same time apart. */
const INSTANCE = `test-${process.pid}`;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runScript(
  name: string,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<Run> {
  const script = join(import.meta.dirname, `${name}.sh`);
  const options = { env: { ...process.env, TOCSIN_SERVICES_INSTANCE: INSTANCE, ...env } };
  const { promise, resolve } = Promise.withResolvers<Run>();
  execFile(script, [command], options, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : Number(error.code) || 1, stdout, stderr });
  });
  return promise;
}
