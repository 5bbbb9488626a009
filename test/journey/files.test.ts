import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { metric, startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';

/** Files that are followed through `kill -9` and rotation: every line of them arrives. */

const KILLS = 3;
const APPENDED = 4;
const APPEND_EVERY_MS = 10;
const ROTATE_EVERY = 25;

test('kill -9 and rotation while a file is written lose no line of it', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-files-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'falco.log');
  const server = await startChecking(t);
  const hub = await startHub(t, {
    outputs: { checked: { type: 'webhook', url: server.url, body: 'ndjson' } },
    inputs: { file: { falco: { paths: [path], start: 'beginning' } } },
  });
  const writing = { goesOn: true };
  const written = writeOn(path, writing);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const before = server.taken.size;
    await eventually('alerts arrive', () => server.taken.size > before + 100);
    await hub.kill();
    // Long enough for the file to be rotated away.
    await pause(2 * ROTATE_EVERY * APPEND_EVERY_MS);
    await hub.start();
  }
  writing.goesOn = false;
  const uuids = await written;
  await eventually('all arrive', () => uuids.every((uuid) => server.taken.has(uuid)), 20_000);
  assert.ok(uuids.length > KILLS * 100);
  assert.equal(await metric(hub, 'tocsin_file_gaps_total'), 0);
  assert.equal(await metric(hub, 'tocsin_alerts_rejected_total'), 0);
  assert.equal(await hub.stop(), 0);
  const again = [...server.taken.values()].filter((times) => times > 1).length;
  console.log(`written: ${uuids.length}, again: ${again}`);
});

/** Appends alerts, and rotates now and then. Resolves with their uuids. */
async function writeOn(path: string, writing: { readonly goesOn: boolean }): Promise<string[]> {
  const uuids: string[] = [];
  for (let round = 1; writing.goesOn; round += 1) {
    const alerts = numberedAlerts(uuids.length, APPENDED);
    appendFileSync(path, alerts.map(({ json }) => `${json}\n`).join(''));
    uuids.push(...alerts.map(({ uuid }) => uuid));
    if (round % ROTATE_EVERY === 0) {
      renameSync(path, `${path}.${round}`);
    }
    await pause(APPEND_EVERY_MS);
  }
  return uuids;
}
