import assert from 'node:assert/strict';
import test from 'node:test';
import { goJson } from '../../src/json.ts';
import { storableJson } from '../../src/output/postgres/insert.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { sessionContract } from '../../test/contract/session-contract.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { createPostgres } from '../../test/support/postgres-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import postgres from './index.ts';

const COLUMNS = 11;
const password = 'planted-password';
const settings = (address: string) => ({
  address,
  encryption: 'none',
  username: 'falco',
  password,
  database: 'security',
});
const create = () => createPostgres({ password, columns: COLUMNS, keyColumn: 0 });

connectionContract('postgres', {
  async connect(t) {
    const peer = create();
    const { address } = await startTcpServer(t, peer.serve);
    const { connection } = await openOutput(t, postgres, settings(address));
    return {
      connection,
      check(deliveries) {
        const fields = deliveries.map(({ alert }) => storableJson(goJson(alert.fields)));
        const values = peer.statements.flat();
        assert.deepEqual(
          values.filter((_, n) => n % COLUMNS === COLUMNS - 1),
          fields,
        );
        assert.deepEqual(
          peer.taken,
          deliveries.map(({ key }) => key),
        );
        assert.ok(values.every((value) => value === null || !value.includes('\0')));
      },
    };
  },
  async connectToHung(t) {
    const server = await startTcpServer(t, () => {});
    server.behaviour = 'hang';
    return (await openOutput(t, postgres, settings(server.address))).connection;
  },
});

sessionContract(postgres, { settings, server: create });

test('postgres: a row that is refused takes no other with it', async (t) => {
  const peer = create();
  const { address } = await startTcpServer(t, peer.serve);
  const { send } = await openOutput(t, postgres, settings(address));
  peer.refuse = (values) =>
    values.some((value) => value?.startsWith('number 3.')) ? '22P02' : undefined;
  const result = await send(numbered(5));
  assert.ok(result.outcome === 'partial');
  const delivered = 'delivered';
  assert.deepEqual(result.results.map(verdictOf), [
    delivered,
    delivered,
    delivered,
    'reject/payload',
    delivered,
  ]);
});

for (const [code, verdict] of [
  ['42P01', 'retry/client'],
  ['42501', 'retry/auth'],
  ['25006', 'retry/server'],
  ['53100', 'retry/server'],
  ['57P01', 'retry/server'],
  ['22P05', 'reject/payload'],
] as const) {
  test(`postgres: ${code} is ${verdict}`, async (t) => {
    const peer = create();
    const { address } = await startTcpServer(t, peer.serve);
    const { send } = await openOutput(t, postgres, settings(address));
    peer.refuse = () => code;
    assert.equal(verdictOf(await send()), verdict);
  });
}

test('postgres: no TLS where it is wanted, and a wrong password, wait', async (t) => {
  const { address } = await startTcpServer(t, create().serve);
  const sent = async (own: object): Promise<string> => {
    const { send } = await openOutput(t, postgres, { ...settings(address), ...own });
    return verdictOf(await send());
  };
  assert.equal(await sent({ encryption: 'tls' }), 'retry/client');
  assert.equal(await sent({ encryption: 'prefer' }), 'delivered');
  assert.equal(await sent({ password: 'planted-other' }), 'retry/auth');
});
