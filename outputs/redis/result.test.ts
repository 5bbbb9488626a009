import assert from 'node:assert/strict';
import test from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { createRedis } from '../../test/support/redis-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import redis from './index.ts';

const ERRORS: Readonly<Record<string, string>> = {
  'WRONGTYPE Operation against a key holding the wrong kind of value': 'retry/client',
  'NOPERM this user has no permissions to run the command': 'retry/auth',
  "OOM command not allowed when used memory > 'maxmemory'.": 'retry/server',
  "READONLY You can't write against a read only replica.": 'retry/server',
  'LOADING Redis is loading the dataset in memory': 'retry/server',
  'MISCONF Redis is configured to save RDB snapshots': 'retry/server',
  'MOVED 3999 127.0.0.1:6381': 'retry/client',
  'ERR operation not permitted': 'retry/auth',
  "ERR unknown command 'XADD'": 'retry/client',
  'NEWWORD that nobody knows yet': 'retry/client',
};

for (const [error, verdict] of Object.entries(ERRORS)) {
  test(`${error}: ${verdict}`, async (t) => {
    const peer = createRedis();
    const { address } = await startTcpServer(t, peer.serve);
    for (const store of ['stream', 'list']) {
      const { send } = await openOutput(t, redis, { address, plaintext: true, store });
      peer.error = error;
      assert.equal(verdictOf(await send()), verdict);
      peer.error = undefined;
      assert.equal(verdictOf(await send()), 'delivered');
    }
  });
}

test('a refused password waits for the operator, and is not repeated', async (t) => {
  const { address } = await startTcpServer(t, createRedis({ password: 'right' }).serve);
  const password = 'planted-secret';
  const { send } = await openOutput(t, redis, { address, plaintext: true, password });
  const result = await send();
  assert.equal(verdictOf(result), 'retry/auth');
  assert.doesNotMatch(JSON.stringify(result), /planted/);
  const without = await openOutput(t, redis, { address, plaintext: true });
  assert.equal(verdictOf(await without.send()), 'retry/auth');
});

test('TLS is spoken unless told otherwise', async (t) => {
  const first = Promise.withResolvers<Buffer>();
  const { address } = await startTcpServer(t, (socket) => {
    socket.once('data', (chunk: Buffer) => {
      first.resolve(chunk);
      socket.destroy();
    });
  });
  const { send } = await openOutput(t, redis, { address });
  assert.equal(verdictOf(await send()), 'retry/network');
  // The first byte of a TLS handshake (RFC 8446, 5.1).
  assert.equal((await first.promise)[0], 0x16);
});
