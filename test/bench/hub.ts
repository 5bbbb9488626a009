import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { shippedFlags } from '../support/shipped-flags.ts';
import { type Child, startChild } from './child.ts';

/** A child that takes alerts. */
export interface Server extends Child {
  readonly port: number;
}

export interface Hub extends Server {
  readonly grpcPort: number;
}

/** An output as in a configuration. */
export interface HubOutput {
  readonly type: string;
  readonly [setting: string]: unknown;
}

export interface HubSettings {
  readonly outputs: Readonly<Record<string, HubOutput>>;
  readonly grpc?: boolean;
}

/** Starts the hub as it is shipped, with a queue of its own below `directory`, and waits for it. */
export async function startHub(
  directory: string,
  { outputs, grpc = false }: HubSettings,
): Promise<Hub> {
  const own = mkdtempSync(join(directory, 'hub-'));
  const [port, grpcPort] = [await freePort(), await freePort()];
  const config = {
    ingest: {
      http: { address: `127.0.0.1:${port}` },
      ...(grpc ? { grpc: { address: `127.0.0.1:${grpcPort}` } } : {}),
    },
    queue: { directory: join(own, 'queue'), bytesMax: '4GiB' },
    outputs,
    log: { level: 'error' },
  };
  const file = join(own, 'tocsin.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  const child = startChild('../../src/main.ts', ['-c', file], shippedFlags());
  await Promise.race([answers(port), child.ended]);
  return { ...child, port, grpcPort };
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
