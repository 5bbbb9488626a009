import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `npm run demo`: starts the hub with the quickstart configuration, posts a few alerts as Falco
 * would, and leaves it listening. What it prints for each alert comes from the stdout output.
 */

const ROOT = new URL('../../', import.meta.url);
const BASE = 'http://127.0.0.1:2801';
const POSTED = 8;
const START_TIMEOUT_MS = 20_000;

const say = (text: string): void => {
  process.stdout.write(`\n\u001b[1m${text}\u001b[0m\n`);
};

say('Starting the hub on port 2801 …');
const hub = spawn(
  process.execPath,
  ['--disable-sigusr1', 'src/main.ts', '--config', 'config/examples/quickstart.yaml'],
  { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
);
hub.once('exit', (code) => process.exit(code ?? 1));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => hub.kill('SIGTERM'));

await started();
say(`Posting ${POSTED} alerts as Falco would; each is on disk before it is answered.`);
const corpus = new URL('test/data/corpus/falco-alerts.ndjson', ROOT);
const lines = readFileSync(corpus, 'utf8').trim().split('\n');
const step = Math.floor(lines.length / POSTED);
for (let i = 0; i < POSTED; i += 1) {
  const answer = await fetch(BASE, { method: 'POST', body: lines[i * step] as string });
  if (answer.status !== 200) say(`The hub answered ${answer.status}: ${await answer.text()}`);
  await sleep(150);
}
await sleep(500);
say('The hub goes on listening. Try, in another terminal:');
process.stdout.write(`
  curl -d '{"rule":"My first alert","priority":"Warning","output":"hello from curl","output_fields":{"proc.name":"curl"}}' ${BASE}

  npm start -- alerts --queue-directory ./.tocsin/queue
  npm start -- queue status --queue-directory ./.tocsin/queue

Stop with Ctrl-C.

`);

async function started(): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const answer = await fetch(`${BASE}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(50);
  }
  throw new Error('The hub did not start; see its log above.');
}
