import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AGENT, keptBy, startAgentAndHub } from '../support/agent-and-hub.ts';
import type { CheckingServer } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { falcoAlert, startFalco } from '../support/falco-server.ts';
import { metric } from '../support/hub-process.ts';
import { numberedAlert } from '../support/numbered-alerts.ts';

/** An agent on a node and the hub, two processes: what is written on the node is at the hub. */

const KILLS = 3;
const APPENDED = 4;
const APPEND_EVERY_MS = 10;
const WAIT_MS = 120_000;

test('lines of a file are at the hub, each once, through kill -9 of agent and hub', async (t) => {
  const { agent, hub, server, falcoLog } = await startAgentAndHub(t);
  const writing = { goesOn: true };
  const written = writeOn(falcoLog, writing);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    for (const process of [agent, hub]) {
      const before = server.arrivals.length;
      await eventually('alerts arrive', () => server.arrivals.length > before + 50, WAIT_MS);
      await process.kill();
      await process.start();
    }
  }
  writing.goesOn = false;
  const wanted = await written;
  assert.ok(wanted.size > KILLS * 100);
  await eventually('all arrive', () => wanted.isSubsetOf(arrivedAt(server)), WAIT_MS);
  assert.deepEqual([...arrivedAt(server).difference(wanted)], []);

  // What agent and hub said twice after they were killed, the hub has recognised.
  const kept = keptBy(hub);
  assert.deepEqual(kept.map(({ json }) => digitsOf(json)).toSorted(), [...wanted].toSorted());
  for (const { ingest } of kept) {
    const { input, identity, origin, hops } = ingest;
    const [first, proven] = ['file:falco', `token:${AGENT}`];
    assert.deepEqual([input, identity, origin, hops], ['grpc', proven, first, 1]);
  }
  assert.equal(await metric(agent, 'tocsin_file_gaps_total'), 0);
  assert.equal(await metric(hub, 'tocsin_alerts_rejected_total'), 0);
  assert.equal(await agent.stop(), 0);
  assert.equal(await hub.stop(), 0);
});

test('Falco by its socket and auditd by file and connection come to the hub, with who said it', async (t) => {
  const { agent, hub, falcoSocket, auditLog, auditdPort } = await startAgentAndHub(t);
  const falco = await startFalco(t, { address: falcoSocket });
  falco.raise(falcoAlert('By socket'));
  appendFileSync(auditLog, 'type=DAEMON_START msg=audit(1786406410.000:551): res=success\n');
  const socket = connect(auditdPort, '127.0.0.1');
  socket.end('type=DAEMON_END msg=audit(1786406410.000:552): op=terminate res=success\n');
  const origins = {
    'By socket': 'falcoGrpc:here',
    'auditd:DAEMON_START': 'file:audit',
    'auditd:DAEMON_END': '127.0.0.1',
  };
  const said = (): object =>
    Object.fromEntries(keptBy(hub).map(({ rule, ingest }) => [rule, ingest.origin]));
  await eventually('all three are there', () => Object.keys(said()).length === 3, WAIT_MS);
  assert.deepEqual(said(), origins);
  assert.equal(await agent.stop(), 0);
  assert.equal(await hub.stop(), 0);
});

/** What was delivered, but for what agent and hub say of themselves. */
function arrivedAt({ arrivals }: CheckingServer): Set<string> {
  const taken = arrivals.filter(({ taken: is, json }) => is && !json.includes('"source":"tocsin"'));
  return new Set(taken.map(({ json }) => digitsOf(json)));
}

/** As a container runtime writes what Falco says; resolves with the digits of each alert. */
async function writeOn(path: string, writing: { readonly goesOn: boolean }): Promise<Set<string>> {
  const written = new Set<string>();
  for (let number = 0; writing.goesOn; number += APPENDED) {
    const texts = Array.from({ length: APPENDED }, (_, at) => textOf(number + at));
    const lines = texts.map((text) => `2026-08-11T00:04:09.5Z stdout F ${text}\n`);
    appendFileSync(path, lines.join(''));
    for (const text of texts) written.add(digitsOf(text));
    await pause(APPEND_EVERY_MS);
  }
  return written;
}

/** Falco gives no uuid. */
function textOf(number: number): string {
  return numberedAlert(number).json.replace(/"uuid":"[^"]+",/, '');
}

/** Both times and the number, as they are written. */
function digitsOf(json: string): string {
  const [, time] = /"evt\.time":(\d+)/.exec(json) ?? [];
  const [, number] = /"output":"(alert \d+)/.exec(json) ?? [];
  const [, second] = /"time":"([^"]+)"/.exec(json) ?? [];
  return `${number} ${time} ${second}`;
}
