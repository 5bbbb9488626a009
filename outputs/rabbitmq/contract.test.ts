import assert from 'node:assert/strict';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { sessionContract } from '../../test/contract/session-contract.ts';
import { openOutput } from '../../test/support/open-output.ts';
import { createRabbit } from '../../test/support/rabbit-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import rabbitmq from './index.ts';

const settings = (address: string) => ({ address, plaintext: true, exchange: 'alerts' });

connectionContract('rabbitmq', {
  async connect(t) {
    const peer = createRabbit();
    const { address } = await startTcpServer(t, peer.serve);
    const { connection } = await openOutput(t, rabbitmq, settings(address));
    return {
      connection,
      check(deliveries) {
        assert.deepEqual(
          peer.messages.map(({ body, properties }) => [body, properties.messageId]),
          deliveries.map(({ json, key }) => [json, key]),
        );
        for (const { routingKey, isMandatory, properties } of peer.messages) {
          assert.match(routingKey, /^falco(?:\.[a-z0-9_]+){2}$/);
          assert.ok(isMandatory);
          assert.equal(properties.deliveryMode, 2);
          const headers = Object.values(properties.headers ?? {})
            .map(String)
            .join('');
          assert.doesNotMatch(headers, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        }
      },
    };
  },
  async connectToHung(t) {
    const server = await startTcpServer(t, () => {});
    server.behaviour = 'hang';
    return (await openOutput(t, rabbitmq, settings(server.address))).connection;
  },
});

sessionContract(rabbitmq, { settings, server: createRabbit });
