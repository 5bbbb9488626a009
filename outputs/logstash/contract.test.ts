import assert from 'node:assert/strict';
import test from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { outlivesRestart } from '../../test/contract/restart.ts';
import { eventually } from '../../test/support/eventually.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { createSyslog } from '../../test/support/syslog-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import logstash from './index.ts';

const settings = (address: string) => ({ address, plaintext: true });

for (const confirm of [false, true]) {
  connectionContract(`logstash${confirm ? ', confirmed' : ''}`, {
    async connect(t) {
      const peer = createSyslog('lines');
      const { address } = await startTcpServer(t, peer.serve);
      const { connection } = await openOutput(t, logstash, { ...settings(address), confirm });
      return {
        connection,
        async check(deliveries) {
          await eventually('all has come', () => peer.taken.length >= deliveries.length);
          const uuids = peer.taken.map((line) => (JSON.parse(line) as { uuid: string }).uuid);
          assert.deepEqual(
            uuids,
            deliveries.map(({ alert }) => alert.uuid),
          );
          assert.ok(peer.taken.every((line) => !/"[^"\\]*[[\]][^"\\]*":/.test(namesIn(line))));
        },
      };
    },
  });

  test(`logstash: a server that is restarted gets what it missed, ${confirm ? 'confirmed' : 'handed over'}`, async (t) => {
    const peer = createSyslog('lines');
    const server = await startTcpServer(t, peer.serve);
    const opened = await openOutput(t, logstash, { ...settings(server.address), confirm });
    await outlivesRestart(opened, server, peer.taken);
  });
}

/** The names of the fields alone, as JSON has them. */
function namesIn(line: string): string {
  const { output_fields: fields } = JSON.parse(line) as { output_fields: object };
  return JSON.stringify(Object.fromEntries(Object.keys(fields).map((name) => [name, 0])));
}

test('logstash: nobody there costs no alert', async (t) => {
  const { send } = await openOutput(t, logstash, settings('127.0.0.1:1'));
  assert.equal(verdictOf(await send(numbered(2))), 'retry/network');
});

test('Falcosidekick’s keys: plain and unverified unless set', async () => {
  const { settings, common } = await loadSidekick({ logstash: { address: 'ls' } });
  assert.equal(settings?.['address'], 'ls:5044');
  assert.equal(settings?.['plaintext'], true);
  assert.match(JSON.stringify(common?.['tls']), /"verify":false/);
  const own = {
    address: 'ls',
    port: 1,
    tls: true,
    checkcert: true,
    cacertfile: '/ca',
    tags: ['a'],
  };
  const { settings: set, common: given } = await loadSidekick({ logstash: own });
  assert.deepEqual([set?.['address'], set?.['plaintext'], set?.['tags']], ['ls:1', false, ['a']]);
  assert.match(JSON.stringify(given?.['tls']), /"caFile":"\/ca"/);
  assert.doesNotMatch(JSON.stringify(given?.['tls']), /"verify":false/);
});
