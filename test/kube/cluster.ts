import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { type ServiceValues, startService } from '../services/service.ts';
import { eventually } from '../support/eventually.ts';

/** A real API server of Kubernetes, and kubectl. Nothing runs pods there. */
export interface Cluster {
  readonly values: ServiceValues;
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  /**
   * What kubectl prints.
   *
   * @param input Its standard input; an object is written as JSON, which kubectl takes.
   * @throws Error with what it says where it fails.
   */
  kubectl(command: string, input?: object | string): Promise<string>;
  /** An object as the server has it. */
  get<T = KubeObject>(command: string): Promise<T>;
}

export interface KubeObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Starts a server of the test's own.
 *
 * @param env Variables of test/services/kube-apiserver.sh.
 */
export async function startCluster(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<Cluster | undefined> {
  const values = await startService(t, 'kube-apiserver', env);
  if (values === undefined) return undefined;
  const home = mkdtempSync(join(tmpdir(), 'tocsin-kube-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const { KUBECTL = '', KUBECONFIG = '', KUBE_URL = '', KUBE_TOKEN = '', KUBE_CA = '' } = values;
  const variables = { PATH: process.env['PATH'], HOME: home, KUBECONFIG };
  const cluster: Cluster = {
    values,
    url: KUBE_URL,
    token: KUBE_TOKEN,
    ca: readFileSync(KUBE_CA, 'utf8'),
    kubectl: (command, input) => runProgram(KUBECTL, command.split(' '), variables, input),
    get: async <T>(command: string) =>
      JSON.parse(await cluster.kubectl(`get ${command} -o json`)) as T,
  };
  await eventually(
    'the server makes its namespaces',
    () =>
      cluster.kubectl('get namespace default').then(
        () => true,
        () => false,
      ),
    30_000,
  );
  return cluster;
}

/** @throws Error with what the program says on stderr where it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input: object | string = '',
): Promise<string> {
  const child = spawn(program, args, { env });
  child.stdin.end(typeof input === 'string' ? input : JSON.stringify(input));
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, out, error] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${error}${out}`);
  return out;
}
