import assert from 'node:assert/strict';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { createPostgres } from '../../test/support/postgres-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import timescaledb from './index.ts';

const password = 'planted-password';

connectionContract('timescaledb', {
  async connect(t) {
    const peer = createPostgres({ password, columns: 8, keyColumn: 7 });
    const { address } = await startTcpServer(t, peer.serve);
    const login = { address, encryption: 'none', username: 'falco', password, database: 'd' };
    const { connection } = await openOutput(t, timescaledb, { ...login, keyColumn: 'key' });
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
