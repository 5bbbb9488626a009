import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import type { OutputDefinition } from '../../src/output/define.ts';
import type { DialerOptions } from '../../src/output/dialer.ts';
import { eventually } from '../support/eventually.ts';
import { numbered, type OpenedOutput, openOutput } from '../support/open-output.ts';
import { everythingIsLocal, startProxy } from '../support/proxy.ts';
import { startTcpServer, type TcpServer } from '../support/tcp-server.ts';
import { verdictOf } from './attempt.ts';
import { outlivesRestart } from './restart.ts';

/** What the contract must know about an output that keeps one connection by `keepSession`. */
export interface SessionProbe {
  /** Settings that lead to a local server without TLS. */
  settings(address: string): object;
  /** A server that plays by the protocol, and what it has taken, oldest first. */
  server(): {
    readonly serve: (socket: Socket) => void;
    readonly taken: readonly string[];
    /** Called when alerts have come; true: they are kept, and not answered. */
    onAlerts: () => boolean;
  };
}

const OPTIONS = { timeout: 120_000 };

/** What speaks another protocol, or none. */
const STRANGERS: Readonly<Record<string, Buffer>> = {
  'an HTTP server': Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno'),
  'a TLS server': Buffer.from([0x15, 3, 1, 0, 2, 2, 10]),
  'an SSH server': Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'),
  'noise without an end': Buffer.alloc(3 * 1024 * 1024, 0x5a),
  'lines without an end': Buffer.from('+OK\r\n'.repeat(500_000)),
  'zeros without an end': Buffer.alloc(3 * 1024 * 1024),
};

/** Declares the tests that such an output must pass; called from `contract.test.ts` beside it. */
export function sessionContract(definition: OutputDefinition, probe: SessionProbe): void {
  const declare = (name: string, run: (setUp: SetUp) => Promise<void>): void => {
    test(`${definition.id}: ${name}`, OPTIONS, async (t) => run(await setUp(t, definition, probe)));
  };
  declare('a connection that ended while nobody used it costs no attempt', reconnects);
  declare('a server that is restarted gets what it missed', ({ server, peer, open }) =>
    open().then((opened) => outlivesRestart(opened, server, peer.taken)),
  );
  declare('nothing is left of an attempt that was given up, and the next goes on', goesOn);
  declare('a connection that is cut under an attempt is told as such', seesCut);
  declare('closing ends an attempt under way, and every connection', closes);
  declare('attempts at the same time share a connection', shares);
  declare('nobody there is the fault of no alert', missesNobody);
  declare('the policy on destinations holds', refuses);
  declare('its proxy is asked for a tunnel', tunnels);
  for (const [who, bytes] of Object.entries(STRANGERS)) {
    declare(`${who} is not taken for the server`, (setUp) => seesThrough(setUp, bytes));
  }
}

interface SetUp {
  readonly t: TestContext;
  readonly server: TcpServer;
  readonly peer: ReturnType<SessionProbe['server']>;
  readonly open: (address?: string, common?: Partial<DialerOptions>) => Promise<OpenedOutput>;
}

async function setUp(
  t: TestContext,
  definition: OutputDefinition,
  probe: SessionProbe,
): Promise<SetUp> {
  const peer = probe.server();
  const server = await startTcpServer(t, peer.serve);
  return {
    t,
    server,
    peer,
    open: (address = server.address, common = {}) =>
      openOutput(t, definition, probe.settings(address), common),
  };
}

async function reconnects({ server, peer, open }: SetUp): Promise<void> {
  const { send } = await open();
  assert.equal(verdictOf(await send(numbered(2))), 'delivered');
  server.disconnect();
  await eventually('the connection ends', () => server.open() === 0);
  assert.equal(verdictOf(await send(numbered(2, 2))), 'delivered');
  assert.equal(peer.taken.length, 4);
  assert.equal(server.connections(), 2);
}

async function goesOn({ server, peer, open }: SetUp): Promise<void> {
  const { send } = await open();
  let attempts = 0;
  peer.onAlerts = () => (attempts += 1) > 0;
  assert.equal(verdictOf(await send(numbered(2), 300)), 'retry/timeout');
  await eventually('the connection ends', () => server.open() === 0);
  peer.onAlerts = () => false;
  assert.equal(verdictOf(await send(numbered(2))), 'delivered');
}

async function seesCut({ server, peer, open }: SetUp): Promise<void> {
  const { send } = await open();
  await send();
  peer.onAlerts = () => {
    server.disconnect();
    return true;
  };
  assert.equal(verdictOf(await send(numbered(3))), 'retry/network');
  peer.onAlerts = () => false;
  assert.equal(verdictOf(await send(numbered(3))), 'delivered');
}

async function closes({ server, peer, open }: SetUp): Promise<void> {
  const { send, connection } = await open();
  let came = false;
  peer.onAlerts = () => (came = true);
  const sending = send(numbered(2));
  await eventually('the alerts arrive', () => came);
  await connection.close();
  assert.equal(verdictOf(await sending), 'retry/network');
  await eventually('the connection ends', () => server.open() === 0);
  assert.equal(verdictOf(await send()), 'retry/network');
}

async function shares({ server, peer, open }: SetUp): Promise<void> {
  const { send } = await open();
  const batches = Array.from({ length: 6 }, (_, n) => numbered(5, n * 5));
  const results = await Promise.all(batches.map((batch) => send(batch)));
  assert.deepEqual([...new Set(results.map(verdictOf))], ['delivered']);
  assert.equal(new Set(peer.taken).size, 30);
  assert.equal(server.connections(), 1);
}

async function missesNobody({ open }: SetUp): Promise<void> {
  const { send } = await open('127.0.0.1:1');
  const result = await send(numbered(3));
  assert.equal(verdictOf(result), 'retry/network');
  assert.match(JSON.stringify(result), /127\.0\.0\.1:1: connection refused/);
}

async function refuses({ open }: SetUp): Promise<void> {
  const { send } = await open('169.254.169.254:80');
  const result = await send(numbered(2));
  assert.equal(verdictOf(result), 'retry/client');
  assert.match(JSON.stringify(result), /169\.254\.169\.254 is refused/);
}

async function tunnels({ t, server, peer, open }: SetUp): Promise<void> {
  const proxy = await startProxy(t);
  const port = server.address.slice(server.address.indexOf(':') + 1);
  const own = { proxy: `http://127.0.0.1:${proxy.port}`, lookup: everythingIsLocal };
  const { send } = await open(`server.example:${port}`, own);
  assert.equal(verdictOf(await send(numbered(3))), 'delivered');
  assert.deepEqual(
    proxy.seen.map(({ line }) => line),
    [`CONNECT server.example:${port}`],
  );
  assert.equal(peer.taken.length, 3);
}

async function seesThrough({ server, open }: SetUp, bytes: Buffer): Promise<void> {
  server.behaviour = bytes;
  const { send } = await open();
  const result = await send(numbered(3), 1000);
  assert.match(verdictOf(result), /^retry\/(?:client|network|server|timeout)$/);
  await eventually('the connection ends', () => server.open() === 0);
}
