import assert from 'node:assert/strict';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { sessionContract } from '../../test/contract/session-contract.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { createRedis } from '../../test/support/redis-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import redis from './index.ts';

const PASSWORD = 'planted-password';
const settings = (address: string) => ({ address, plaintext: true, password: PASSWORD });

connectionContract('redis', {
  async connect(t) {
    const peer = createRedis({ password: PASSWORD });
    const { address } = await startTcpServer(t, peer.serve);
    const { connection } = await openOutput(t, redis, settings(address));
    return {
      connection,
      check(deliveries) {
        assert.deepEqual(
          peer.taken,
          deliveries.map(({ json }) => json),
        );
      },
    };
  },
  async connectToHung(t) {
    const server = await startTcpServer(t, () => {});
    server.behaviour = 'hang';
    return (await openOutput(t, redis, settings(server.address))).connection;
  },
});

sessionContract(redis, { settings, server: () => createRedis({ password: PASSWORD }) });
