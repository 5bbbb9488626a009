import assert from 'node:assert/strict';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { sessionContract } from '../../test/contract/session-contract.ts';
import { createMqtt } from '../../test/support/mqtt-server.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import mqtt from './index.ts';

const TOPIC = 'falco/<source>/<rule>';
const settings = (address: string) => ({ address, plaintext: true, topic: TOPIC });

connectionContract('mqtt', {
  async connect(t) {
    const peer = createMqtt();
    const { address } = await startTcpServer(t, peer.serve);
    const { connection } = await openOutput(t, mqtt, settings(address));
    return {
      connection,
      check(deliveries) {
        assert.deepEqual(
          peer.taken,
          deliveries.map(({ json }) => json),
        );
        for (const [n, { topic, properties }] of peer.messages.entries()) {
          assert.match(topic, /^falco(?:\/[a-z0-9_]+){2}$/);
          const own = properties?.userProperties ?? {};
          assert.equal(own['tocsin-delivery-key'], deliveries[n]?.key);
          assert.doesNotMatch(
            Object.values(own).map(String).join(''),
            /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u,
          );
        }
      },
    };
  },
  async connectToHung(t) {
    const server = await startTcpServer(t, () => {});
    server.behaviour = 'hang';
    return (await openOutput(t, mqtt, settings(server.address))).connection;
  },
});

sessionContract(mqtt, { settings, server: createMqtt });
