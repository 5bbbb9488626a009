import assert from 'node:assert/strict';
import test from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { sessionContract } from '../../test/contract/session-contract.ts';
import { createFluent } from '../../test/support/fluent-server.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import fluentd from './index.ts';

const LOGIN = { key: 'planted-key', user: 'falco', password: 'planted-password' };
const settings = (address: string) => ({ address, plaintext: true });
const secured = (address: string, sharedKey = LOGIN.key) => ({
  ...settings(address),
  sharedKey,
  username: LOGIN.user,
  password: LOGIN.password,
});

connectionContract('fluentd', {
  async connect(t) {
    const peer = createFluent();
    const { address } = await startTcpServer(t, peer.serve);
    const own = { ...settings(address), tag: 'falco.<source>.<rule>' };
    const { connection } = await openOutput(t, fluentd, own);
    return {
      connection,
      check(deliveries) {
        assert.deepEqual(
          peer.taken,
          deliveries.map(({ alert }) => `${alert.uuid} ${alert.output.toWellFormed()}`),
        );
        for (const { tag } of peer.records) assert.match(tag, /^falco(?:\.[a-z0-9_]+){2}$/);
      },
    };
  },
  async connectToHung(t) {
    const server = await startTcpServer(t, () => {});
    server.behaviour = 'hang';
    return (await openOutput(t, fluentd, settings(server.address))).connection;
  },
});

sessionContract(fluentd, { settings, server: () => createFluent() });

test('fluentd: both sides prove that they know the shared key', async (t) => {
  const peer = createFluent(LOGIN);
  const server = await startTcpServer(t, peer.serve);
  const { send } = await openOutput(t, fluentd, secured(server.address));
  assert.equal(verdictOf(await send(numbered(3))), 'delivered');
  assert.equal(peer.taken.length, 3);

  const stranger = await openOutput(t, fluentd, secured(server.address, 'another-key'));
  const result = await stranger.send(numbered(1));
  assert.equal(verdictOf(result), 'retry/auth');
  assert.match(JSON.stringify(result), /does not let us in: shared_key mismatch/);
  assert.equal(peer.taken.length, 3);
});
