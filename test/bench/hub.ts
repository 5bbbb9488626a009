import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { shippedFlags } from '../support/shipped-flags.ts';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { SENDER_TOKENS } from './senders.ts';

/** A child that takes alerts. */
export interface Server extends Child {
  readonly port: number;
}

export interface Hub extends Server {
  readonly grpcPort: number;
  /** From spawning the process to its first 200, on a POST. */
  readonly startMs: number;
}

/** An output as in a configuration. */
export interface HubOutput {
  readonly type: string;
  readonly [setting: string]: unknown;
}

export interface HubSettings {
  readonly outputs: Readonly<Record<string, HubOutput>>;
  readonly routes?: readonly object[];
  readonly grpc?: boolean;
  /** Whose queue it goes on with; absent: one of its own. */
  readonly queue?: string;
  /** What is run; absent: the sources, as `npm start` runs them. */
  readonly program?: Program;
}

export interface Program extends ChildOptions {
  readonly path: string;
}

const SOURCES: Program = { path: '../../src/main.ts', nodeArgs: shippedFlags() };

const TOKENS = SENDER_TOKENS.map((token, at) => ({ name: `sender-${at}`, token }));

/** So much that nothing is shed while queues are filled faster than any destination takes. */
const QUEUE_BYTES_MAX = '16GiB';

/** Starts the hub as it is shipped, with a queue below `directory`, and waits for its first 200. */
export async function startHub(directory: string, settings: HubSettings): Promise<Hub> {
  const { grpc = false, program = SOURCES } = settings;
  const own = mkdtempSync(join(directory, 'hub-'));
  const [port, grpcPort] = [await freePort(), await freePort()];
  const { outputs, routes, queue = join(own, 'queue') } = settings;
  const config = {
    ingest: {
      http: { address: `127.0.0.1:${port}` },
      ...(grpc ? { grpc: { address: `127.0.0.1:${grpcPort}`, auth: { tokens: TOKENS } } } : {}),
    },
    queue: { directory: queue, bytesMax: QUEUE_BYTES_MAX },
    outputs,
    ...(routes === undefined ? {} : { routes }),
    log: { level: 'error' },
  };
  const file = join(own, 'tocsin.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  const child = startChild(program.path, { ...program, args: ['-c', file] });
  const startedAtMs = performance.now();
  await Promise.race([answers(port), child.ended]);
  return { ...child, port, grpcPort, startMs: performance.now() - startedAtMs };
}

const ALERT = JSON.stringify({ rule: 'Start', priority: 'Debug', output: 'The hub has started.' });
const START_MS_MAX = 30_000;
const TRY_AGAIN_MS = 2;

/** Resolves when the server has answered 200 to an alert. */
export async function answers(port: number): Promise<void> {
  const giveUpAtMs = performance.now() + START_MS_MAX;
  while ((await post(port)) !== 200) {
    if (performance.now() > giveUpAtMs) throw new Error(`Nothing answers on port ${port}.`);
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
}

function post(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    sent.once('error', () => resolve(undefined));
    sent.end(ALERT);
  });
}
