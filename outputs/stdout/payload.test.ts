import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import test from 'node:test';
import { HOSTILE_STRINGS, alertWith, deliveryOf, oddAlerts } from '../../test/contract/alerts.ts';
import type { SingleResult } from '../../src/output/define.ts';
import { openStream } from './index.ts';
import { lines } from './payload.ts';

const delivery = deliveryOf(alertWith());

test('json writes the alert as it is stored, every digit kept', () => {
  assert.equal(lines('json', [delivery, delivery], false), `${delivery.json}\n${delivery.json}\n`);
  assert.match(delivery.json, /1786406649137331079/);
});

test('text writes time, priority, rule and output', () => {
  assert.equal(
    lines('text', [delivery], false),
    '2026-08-11T00:04:09.137331079Z Warning       Read sensitive file untrusted: ' +
      'Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow\n',
  );
});

test('text colours the priority alone', () => {
  const text = lines('text', [delivery], true);
  assert.ok(text.startsWith(`${delivery.alert.time} \u001b[33mWarning      \u001b[39m Read`), text);
  assert.equal(text.split('\u001b').length, 3);
});

test('no alert writes more than one line, or a character that a terminal obeys', () => {
  const hostile = HOSTILE_STRINGS.map((text) => alertWith({ rule: text, output: text }));
  const deliveries = [...hostile, ...oddAlerts(1, 50)].map((alert) => deliveryOf(alert));
  const text = lines('text', deliveries, false);
  assert.equal(text.split('\n').length, deliveries.length + 1);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
});

test('a pipe that nobody reads delays its own lane, and takes one batch only', async () => {
  const taken: string[] = [];
  let release: (() => void) | undefined;
  let isStuck = true;
  const pipe = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken.push(String(chunk));
      if (isStuck) release = done;
      else done();
    },
  });
  const connection = openStream(pipe, 'json');
  for (let attempt = 0; attempt < 3; attempt++) {
    const result = await connection.send([delivery], { signal: AbortSignal.timeout(20) });
    assert.deepEqual(result, {
      outcome: 'retry',
      reason: 'timeout',
      detail: 'nobody reads standard output',
    });
  }
  assert.equal(pipe.writableLength + taken.length, delivery.json.length + 2);
  isStuck = false;
  release?.();
  const result = await connection.send([delivery], { signal: AbortSignal.timeout(60_000) });
  assert.equal(result.outcome, 'delivered');
});

/** Two sends by a process of its own, to the given standard output; their results. */
async function sendTwice(stdout: number | 'pipe', onSpawn?: (child: ChildProcess) => void) {
  const program = `
    import stdout from '${import.meta.resolve('./index.ts')}';
    const signal = AbortSignal.timeout(60_000);
    const connection = await stdout.open({ settings: { format: 'json' }, signal });
    const send = () => connection.send([{ json: 'x'.repeat(1 << 20) }], { signal });
    const first = await send();
    await connection.close();
    process.stderr.write(JSON.stringify([first, await send()]));
  `;
  const args = ['--input-type=module', '-e', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] });
  onSpawn?.(child);
  const said = (await child.stderr?.toArray())?.join('') ?? '';
  return JSON.parse(said) as SingleResult[];
}

test('a reader that goes away is a network failure, and the process lives on', async () => {
  const results = await sendTwice('pipe', (child) => child.stdout?.destroy());
  assert.deepEqual(results, [
    { outcome: 'retry', reason: 'network', detail: 'writing to standard output failed: EPIPE' },
    { outcome: 'retry', reason: 'network', detail: 'writing to standard output failed: EPIPE' },
  ]);
});

test('a full disk behind standard output is a server failure', async () => {
  const full = openSync('/dev/full', 'w');
  const results = await sendTwice(full);
  closeSync(full);
  assert.deepEqual(
    results.map((result) => result.outcome === 'retry' && result.reason),
    ['server', 'server'],
  );
});
