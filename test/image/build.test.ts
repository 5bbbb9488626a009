import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { outputs } from '../../outputs/index.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:9';
const ALERT = JSON.stringify({ rule: 'A rule', priority: 'Notice', output: 'Something happened' });

test('in the build every output comes as far as its destination', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-build-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const dist = join(directory, 'app');
  await built(dist);
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(directory, 'config.yaml');
  writeFileSync(config, JSON.stringify(await everyOutput(directory, address)));
  const stderr = run(t, [join(dist, 'main.js'), '-c', config]);

  const posted = async (): Promise<boolean> => {
    const answer = await fetch(`http://${address}/`, { method: 'POST', body: ALERT }).catch(
      () => undefined,
    );
    return answer?.status === 200;
  };
  await eventually('an alert is taken', posted);
  const outcomes = /^tocsin_output_(?:delivered|retried|dead)_total\{output="(\w+)".*\} [1-9]/gm;
  let metrics = '';
  const tried = async (): Promise<boolean> => {
    metrics = await (await fetch(`http://${address}/metrics`)).text();
    return Object.keys(outputs).every((name) => named().has(name));
  };
  const named = () => new Set([...metrics.matchAll(outcomes)].map(([, name]) => name));
  await eventually('every output has tried', tried).catch((error: unknown) => {
    const silent = Object.keys(outputs).filter((name) => !named().has(name));
    throw new Error(`nothing was tried by ${silent.join()}\n${stderr()}`, { cause: error });
  });
  assert.deepEqual(metrics.match(/^.*reason="bug".*$/gm), null, stderr());
});

/** Each by its example, with addresses that refuse at once. */
async function everyOutput(directory: string, address: string): Promise<object> {
  const all = await Promise.all(Object.values(outputs).map((load) => load()));
  const named = all.map(({ id, example }) => {
    const text = JSON.stringify(example).replaceAll(
      /[\w-]+(?:\.[\w-]+)*\.example\.\w+(?::\d+)?/g,
      NOWHERE,
    );
    // Files of a data lake are filled for minutes.
    const common = { timeout: '5s', batch: { wait: '1s' } };
    return [id, { type: id, ...common, ...(JSON.parse(text) as object) }];
  });
  const own = Object.fromEntries(named) as Record<string, object>;
  return {
    ingest: { http: { address } },
    queue: { directory: join(directory, 'queue') },
    outputs: { ...own, file: { type: 'file', path: join(directory, 'alerts.ndjson') } },
    log: { format: 'json' },
  };
}

async function built(dist: string): Promise<void> {
  const script = fileURLToPath(new URL('../../src/build.ts', import.meta.url));
  const [code] = (await once(spawn(process.execPath, [script, dist]), 'close')) as [number];
  assert.equal(code, 0, 'the build failed');
}

/** Returns what it has said on stderr. */
function run(t: TestContext, args: readonly string[]): () => string {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  t.after(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  return () => stderr;
}
