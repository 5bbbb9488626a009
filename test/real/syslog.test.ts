import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import test from 'node:test';
import { verdictOf } from '../contract/attempt.ts';
import syslog from '../../outputs/syslog/index.ts';
import { startService } from '../services/service.ts';
import { corpusArrives } from '../support/arrivals.ts';
import { eventually } from '../support/eventually.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real syslog-ng reads in the messages. */

/** So many fit into what Linux keeps for a receiver that has no time. */
const DATAGRAMS_MAX = 40;

interface Read {
  readonly MESSAGE: string;
  readonly PROGRAM: string;
  readonly PRIORITY: string;
  readonly FACILITY: string;
  readonly HOST: string;
}

test('syslog: a real server', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'syslog');
  if (service === undefined) return;
  const { SYSLOG_ADDRESS: plain = '', SYSLOG_COUNTED_ADDRESS: counted = '' } = service;
  const { SYSLOG_TLS_ADDRESS: tls = '', SYSLOG_CA: caFile = '', SYSLOG_FILE: file = '' } = service;
  const read = async (): Promise<Read[]> => {
    const text = await readFile(file, 'utf8').catch(() => '');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Read);
  };

  const ways: readonly (readonly [name: string, output: object])[] = [
    ['TLS', { address: tls, tls: { caFile } }],
    ['TLS, confirmed', { address: tls, tls: { caFile }, confirm: true }],
    ['TCP, counted', { address: counted, transport: 'tcp' }],
    ['TCP, in lines', { address: plain, transport: 'tcp', framing: 'lines' }],
    ['TCP, RFC 3164', { address: plain, transport: 'tcp', framing: 'lines', standard: 'rfc3164' }],
    ['UDP', { address: plain, transport: 'udp' }],
  ];
  for (const [name, output] of ways) {
    await t.test(`the corpus arrives over ${name}, to the digit`, async (t) => {
      await truncate(file).catch(() => undefined);
      const settings = { type: 'syslog', bytesMax: 65_507, ...output };
      const messages = async () => (await read()).map(({ MESSAGE }) => MESSAGE);
      await corpusArrives(t, settings, messages, name === 'UDP' ? DATAGRAMS_MAX : undefined);
    });
  }

  await t.test('the header is understood', async (t) => {
    await truncate(file);
    const own = { address: counted, transport: 'tcp', format: 'cef', facility: 'authpriv' };
    const { send } = await openOutput(t, syslog, own);
    assert.equal(verdictOf(await send(numbered(1))), 'delivered');
    await eventually('it arrives', async () => (await read()).length === 1);
    const [one] = (await read()) as [Read];
    assert.ok(one.MESSAGE.startsWith('CEF:0|Falcosecurity|Falco|1.0|'));
    const { PROGRAM, PRIORITY, FACILITY, HOST } = one;
    assert.deepEqual(
      [PROGRAM, PRIORITY, FACILITY, HOST],
      ['falco', 'warning', 'authpriv', 'gpu-node-1'],
    );
  });
});
