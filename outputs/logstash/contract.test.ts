import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { eventually } from '../../test/support/eventually.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { createSyslog } from '../../test/support/syslog-server.ts';
import { startTcpServer } from '../../test/support/tcp-server.ts';
import logstash from './index.ts';
import { lineOf } from './payload.ts';

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

test('brackets in names become dots, tags are added, and digits stay', () => {
  const fields = {
    'proc.aname[2]': 'a',
    'proc.aname.2': 'b',
    n: JSON.rawJSON('1786406649137331079'),
  };
  const delivery = deliveryOf(alertWith({ tags: ['a'], fields }));
  const line = lineOf(delivery, { tags: ['b', 'a'], format: 'falco' });
  assert.match(line, /"output_fields":\{.*"n":1786406649137331079/);
  const { output_fields: found, tags } = JSON.parse(line) as Record<string, object>;
  assert.deepEqual(Object.values(found as object).slice(0, 3).length, 3);
  assert.deepEqual(tags, ['a', 'b']);
  assert.ok(Object.keys(found as object).every((name) => !/[[\]]/.test(name)));
  const plain = deliveryOf(alertWith());
  assert.equal(lineOf(plain, { tags: [], format: 'falco' }), `${plain.json}\n`);
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
