import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { metric, startHub } from '../support/hub-process.ts';
import { tlsSenders } from '../support/tls-senders.ts';

test('auditd by TLS: a reload that cannot be served leaves the door as it was', async (t) => {
  const { tls, send } = tlsSenders(t, ['node-*']);
  const port = await freePort();
  const configOf = (certFile: string) => ({
    outputs: { out: { type: 'stdout' } },
    inputs: { auditd: { address: `127.0.0.1:${port}`, tls: { ...tls, certFile } } },
  });
  const hub = await startHub(t, configOf(tls.certFile));
  const record = (serial: number) =>
    `type=USER_CMD msg=audit(1786406401.512:${serial}): cmd=6964\n`;
  const isTaken = (serial: number) => () => hub.stdout().includes(`"auditd.serial":"${serial}"`);
  send('node-7', port, record(1));
  await eventually('it is taken', isTaken(1));
  assert.equal(await metric(hub, 'tocsin_ingest_authenticated', { input: 'auditd' }), 1);
  await eventually(
    'the expiry is shown',
    async () => (await metric(hub, 'tocsin_certificate_not_after_seconds')) > 0,
  );
  hub.configure(configOf('/nowhere/hub.pem'));
  const told = (text: string) => () => hub.log().some(({ msg }) => msg === text);
  await eventually('it is told', told('inputs.auditd stays as it was.'));
  send('node-7', port, record(2));
  await eventually('it is taken', isTaken(2));
});
