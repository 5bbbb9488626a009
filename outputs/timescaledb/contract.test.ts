import assert from 'node:assert/strict';
import test from 'node:test';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { outlivesRestart } from '../../test/contract/restart.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { createPostgres } from '../../test/support/postgres-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import timescaledb from './index.ts';

const password = 'planted-password';
const create = () => createPostgres({ password, columns: 8, keyColumn: 7 });
const settings = (address: string) => ({
  address,
  encryption: 'none',
  username: 'falco',
  password,
  database: 'd',
  keyColumn: 'key',
});

connectionContract('timescaledb', {
  async connect(t) {
    const peer = create();
    const { address } = await startTcpServer(t, peer.serve);
    const { connection } = await openOutput(t, timescaledb, settings(address));
    return {
      connection,
      check(deliveries) {
        assert.deepEqual(
          peer.taken,
          deliveries.map(({ key }) => key),
        );
      },
    };
  },
});

test('timescaledb: a server that is restarted gets what it missed', async (t) => {
  const peer = create();
  const server = await startTcpServer(t, peer.serve);
  await outlivesRestart(
    await openOutput(t, timescaledb, settings(server.address)),
    server,
    peer.taken,
  );
});
