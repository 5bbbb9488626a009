import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startChild } from '../bench/child.ts';
import type { LoadOrder, LoadReport } from '../bench/load.ts';
import { percentile } from '../bench/statistics.ts';
import { startChecking } from '../support/checking-server.ts';
import { type HubProcess, startHub } from '../support/hub-process.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Row, rowsOf, settled } from './rows.ts';
import { createSenders, type Sender, sendSteadily, WAYS } from './senders.ts';

/** Hostile senders beside honest ones, who lose nothing and are answered as before. */

const P99_MS_MAX = 100;
/** Senders, destinations and the hub share two cores: only what is absurd fails. */
const ABSURD = 10;
/** Alerts a second from each honest sender. */
const RATE = 30;

/** Does its worst until it is told to stop; says what it did. */
type Attack = (stage: Stage, hub: HubProcess, lastsMs: number) => Promise<string>;

function under(name: string, attack: Attack): Scenario {
  return { name, alone: true, run: (stage) => attacked(stage, name, attack) };
}

async function attacked(stage: Stage, name: string, attack: Attack): Promise<Row[]> {
  const seen = await startChecking(stage);
  const hub = await startHub(stage, {
    ingest: { grpc: {} },
    queue: { bytesMax: '128MiB' },
    outputs: {
      checked: { type: 'webhook', url: seen.url, body: 'ndjson' },
      rest: { type: 'file', path: '/dev/null' },
    },
    // All honest alerts come from this host; the flood is no matter of the checking server.
    routes: [{ match: 'hostname == "node-1"', outputs: ['checked'] }, { outputs: ['rest'] }],
  });
  // From an address of their own, as other machines have.
  const senders = createSenders(stage, hub, WAYS, { localAddress: '127.0.0.9' });
  const sending = sendSteadily(stage, senders, RATE);
  await pause(stage.short ? 1000 : 3000);
  const before = senders.map(({ latenciesMs }) => latenciesMs.length);
  const did = await attack(stage, hub, stage.short ? 3000 : 10_000);
  const after = senders.map(({ latenciesMs }) => latenciesMs.length);
  await pause(500);
  await sending.stop();
  await settled(hub, 'checked', seen, senders);
  const p99 = percentile(latenciesOf(senders, before, after), 0.99);
  const ratio = (p99 / P99_MS_MAX).toFixed(2);
  const refused = senders.reduce(
    (sum, { sent, acknowledged }) => sum + sent.size - acknowledged.size,
    0,
  );
  return rowsOf({ hub, fault: name, output: 'checked', seen }, senders, {
    note: `${did}; honest answers p99 ${p99.toFixed(0)} ms, bar ${P99_MS_MAX} ms: ${ratio}`,
    broken: [
      ...(refused === 0 ? [] : [`${refused} honest alerts were refused`]),
      ...(p99 > P99_MS_MAX * ABSURD ? [`honest answers took ${p99.toFixed(0)} ms`] : []),
    ],
  });
}

function latenciesOf(senders: readonly Sender[], from: number[], to: number[]): number[] {
  return senders.flatMap(({ latenciesMs }, i) => latenciesMs.slice(from[i], to[i]));
}

/** 10,000 alerts a second, in requests of 100, from a process of its own. */
async function flood(_: Stage, hub: HubProcess, durationMs: number): Promise<string> {
  const child = startChild('./load.ts');
  try {
    const reported = child.message<LoadReport>('load');
    const order: LoadOrder = {
      door: 'http',
      port: Number(new URL(hub.origin()).port),
      connections: 16,
      alertsPerRequest: 100,
      requestsPerSecond: 100,
      durationMs,
    };
    child.process.send(order);
    const { alerts, failures } = await reported;
    const perSecond = Math.round(alerts / (durationMs / 1000));
    return `flooded with ${perSecond} alerts/s that were taken, ${failures} requests refused`;
  } finally {
    await child.kill();
  }
}

const STALLED = 2000;
/** As many as one address may hold. */
const EACH = 1000;

/** They send the head of a request and a byte of its body, and then nothing. */
async function stall(stage: Stage, hub: HubProcess, lastsMs: number): Promise<string> {
  const sockets = Array.from({ length: STALLED }, (_, i) =>
    send(
      stage,
      hub,
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{',
      `127.0.1.${1 + Math.floor(i / EACH)}`,
    ),
  );
  await pause(lastsMs);
  const open = sockets.filter(({ destroyed }) => !destroyed).length;
  for (const socket of sockets) socket.destroy();
  return `${STALLED} stalled connections, ${open} open at the end`;
}

const manyFields = Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(',');
const MONSTERS: readonly string[] = [
  posted(`{"rule":"r","priority":"Debug","output":"o","output_fields":{${manyFields}}}`),
  posted('['.repeat(8 * 1024 * 1024)),
  posted('{"a":'.repeat(150_000)),
  `POST / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\nContent-Length: 0\r\n\r\n`,
];

function posted(body: string): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** One alert of 100,000 fields costs the hub as much as a thousand others. */
const MONSTERS_EVERY_MS = 2000;

async function monsters(stage: Stage, hub: HubProcess, lastsMs: number): Promise<string> {
  const endMs = performance.now() + lastsMs;
  let count = 0;
  while (performance.now() < endMs) {
    for (const monster of MONSTERS) send(stage, hub, monster, '127.0.1.1');
    count += 1;
    await pause(MONSTERS_EVERY_MS);
  }
  return `${count} times 100,000 fields, 8 MiB of brackets, 150,000 levels and 64 KiB of headers`;
}

function send(stage: Stage, hub: HubProcess, bytes: string, localAddress: string): Socket {
  const { port, hostname } = new URL(hub.origin());
  const socket = connect({ port: Number(port), host: hostname, localAddress });
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(bytes);
  stage.after(() => socket.destroy());
  return socket;
}

export const floods: readonly Scenario[] = [
  under('a flood of 10,000/s', flood),
  under('2,000 stalled connections', stall),
  under('fields, nesting and headers without end', monsters),
];
