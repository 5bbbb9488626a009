import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Arrival, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
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

test('a reload follows other files, and takes what auditd says', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-files-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const [first, second] = [join(directory, 'a.log'), join(directory, 'b.log')];
  const server = await startChecking(t);
  const outputs = { checked: { type: 'webhook', url: server.url } };
  const has = (number: number) => server.taken.has(numberedAlerts(number, 1)[0]!.uuid);
  const hub = await startHub(t, { outputs });
  writeAlert(first, 1);
  const follow = (path: string) => ({ file: { falco: { paths: [path], start: 'beginning' } } });
  hub.configure({ outputs, inputs: follow(first) });
  await eventually('the file is read', () => has(1));
  const port = await freePort();
  writeAlert(second, 2);
  const auditd = { address: `127.0.0.1:${port}` };
  hub.configure({ outputs, inputs: { ...follow(second), auditd } });
  await eventually('the other file is read', () => has(2));
  writeAlert(first, 3);
  const socket = connect(port, '127.0.0.1');
  socket.end('type=DAEMON_END msg=audit(1786406410.000:552): op=terminate res=success\n');
  const isFromAuditd = ({ json }: Arrival): boolean => json.includes('"rule":"auditd:DAEMON_END"');
  await eventually('the record arrives', () => server.arrivals.some(isFromAuditd));
  assert.ok(!has(3));
  assert.equal(await hub.stop(), 0);
});

test('a file waits for a queue that is full of what others wait for, and nothing is given up', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-files-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'falco.log');
  const alerts = numberedAlerts(0, 6000, { padding: 'x'.repeat(2000) });
  appendFileSync(path, alerts.map(({ json }) => `${json}\n`).join(''));
  const server = await startChecking(t, () => ({ status: 503 }));
  const hub = await startHub(t, {
    outputs: { checked: { type: 'webhook', url: server.url, body: 'ndjson' } },
    queue: { bytesMax: '8MiB' },
    inputs: { file: { falco: { paths: [path], start: 'beginning' } } },
  });
  const waits = (): boolean => hub.log().some(({ msg }) => msg.endsWith('reading waits.'));
  await eventually('it waits', waits, 20_000);
  server.behave = () => ({ status: 200 });
  const hasAll = (): boolean => alerts.every(({ uuid }) => server.taken.has(uuid));
  await eventually('all arrive', hasAll, 30_000);
  assert.equal(await metric(hub, 'tocsin_output_suppressed_total'), 0);
  assert.equal(await metric(hub, 'tocsin_file_behind_bytes'), 0);
  assert.equal(await hub.stop(), 0);
});

function writeAlert(path: string, number: number): void {
  appendFileSync(
    path,
    numberedAlerts(number, 1)
      .map(({ json }) => `${json}\n`)
      .join(''),
  );
}

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
