import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import { openStream } from './stream-session.ts';

test('with confirm, an end that was there before the batch is no answer to it', async (t) => {
  const server = await startTcpServer(t, (socket) => socket.resume().end());
  const [host = '', port = ''] = server.address.split(':');
  // Nobody has looked yet at what has come when the session begins.
  const dial = async () => {
    const socket = connect({ host, port: Number(port) }).pause();
    t.after(() => socket.destroy());
    await eventually('the server says goodbye', () => server.connections() > 0);
    return socket;
  };
  const options = {
    target: { host, port: Number(port), tls: false },
    confirm: true,
    textOf: () => 'x',
  };
  const session = await openStream(options, { dial } as never, AbortSignal.timeout(10_000));
  await assert.rejects(session.send([deliveryOf(alertWith())]), /it hung up/);
});
