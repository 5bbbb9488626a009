import assert from 'node:assert/strict';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { sessionContract } from '../../test/contract/session-contract.ts';
import { createNats } from '../../test/support/nats-server.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import nats from './index.ts';

const settings = (address: string) => ({ servers: [address], plaintext: true });

connectionContract('nats', {
  async connect(t) {
    const peer = createNats();
    const { address } = await startTcpServer(t, peer.serve);
    const { connection } = await openOutput(t, nats, settings(address));
    return {
      connection,
      check(deliveries) {
        assert.deepEqual(
          peer.messages.map(({ data, headers }) => [data, headers['Nats-Msg-Id']]),
          deliveries.map(({ json, key }) => [json, key]),
        );
      },
    };
  },
  async connectToHung(t) {
    const server = await startTcpServer(t, () => {});
    server.behaviour = 'hang';
    return (await openOutput(t, nats, settings(server.address))).connection;
  },
});

sessionContract(nats, { settings, server: createNats });
