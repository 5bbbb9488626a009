import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import test from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { outlivesRestart } from '../../test/contract/restart.ts';
import { eventually } from '../../test/support/eventually.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { createSyslog } from '../../test/support/syslog-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import syslog from './index.ts';

const HEADER = /^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\S+Z [!-~]{1,255} falco - [a-z0-9_]{1,32} - /;

for (const [framing, confirm] of [
  ['counted', false],
  ['lines', false],
  ['counted', true],
] as const) {
  connectionContract(`syslog, ${framing}${confirm ? ', confirmed' : ''}`, {
    async connect(t) {
      const peer = createSyslog(framing);
      const { address } = await startTcpServer(t, peer.serve);
      const own = { address, transport: 'tcp', framing, confirm, bytesMax: '1MiB' };
      const { connection } = await openOutput(t, syslog, own);
      return {
        connection,
        async check(deliveries) {
          await eventually('all has come', () => peer.taken.length >= deliveries.length);
          assert.deepEqual(
            peer.taken.map((message) => message.replace(HEADER, '')),
            deliveries.map(({ json }) => json),
          );
        },
      };
    },
  });
}

const local = (address: string, more: object = {}) => ({ address, transport: 'tcp', ...more });

test('syslog: a server that has hung up meanwhile costs no alert', async (t) => {
  const peer = createSyslog();
  const server = await startTcpServer(t, peer.serve);
  const { send } = await openOutput(t, syslog, local(server.address));
  assert.equal(verdictOf(await send(numbered(2))), 'delivered');
  await eventually('they arrive', () => peer.taken.length === 2);
  server.disconnect();
  await eventually('the connection ends', () => server.open() === 0);
  assert.equal(verdictOf(await send(numbered(2, 2))), 'delivered');
  await eventually('they arrive', () => peer.taken.length === 4);
});

for (const confirm of [false, true]) {
  const name = `syslog: a server that is restarted gets what it missed${confirm ? ', confirmed' : ''}`;
  test(name, async (t) => {
    const peer = createSyslog();
    const server = await startTcpServer(t, peer.serve);
    const opened = await openOutput(t, syslog, local(server.address, { confirm }));
    await outlivesRestart(opened, server, peer.taken);
  });
}

test('syslog: with confirm, what the server has not read to the end is sent again', async (t) => {
  const server = await startTcpServer(t, (socket: Socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const { send } = await openOutput(t, syslog, local(server.address, { confirm: true }));
  assert.equal(verdictOf(await send(numbered(3))), 'retry/network');
  const peer = createSyslog();
  server.behaviour = peer.serve;
  assert.equal(verdictOf(await send(numbered(3))), 'delivered');
  assert.equal(peer.taken.length, 3);
});

test('syslog: nobody there, and an address that is refused', async (t) => {
  const { send } = await openOutput(t, syslog, local('127.0.0.1:1'));
  assert.equal(verdictOf(await send()), 'retry/network');
  for (const transport of ['tcp', 'udp']) {
    const own = local('169.254.169.254:514', { transport });
    const { send } = await openOutput(t, syslog, own);
    assert.equal(verdictOf(await send()), 'retry/client');
  }
});

test('syslog: a datagram for each alert, and none that is longer than bytesMax', async (t) => {
  const server = createSocket('udp4');
  t.after(() => server.close());
  const taken: Buffer[] = [];
  server.on('message', (message) => taken.push(message));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `localhost:${(server.address() as AddressInfo).port}`;
  const { send } = await openOutput(t, syslog, local(address, { transport: 'udp' }));
  const deliveries = numbered(5);
  assert.equal(verdictOf(await send(deliveries)), 'delivered');
  await eventually('they arrive', () => taken.length === 5);
  assert.deepEqual(
    taken.map((message) => message.toString().replace(HEADER, '')),
    deliveries.map(({ json }) => json),
  );
});
