import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { falcoAlert, falcoCertificates, startFalco } from '../support/falco-server.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';

const WAIT_MS = 60_000;
const outputs = { out: { type: 'stdout' } };

/** What came out, by rule. */
async function arrives(hub: HubProcess, rule: string): Promise<Record<string, unknown>> {
  const line = (): string | undefined =>
    hub
      .stdout()
      .split('\n')
      .find((one) => one.includes(`"rule":"${rule}"`));
  await eventually(`the alert ${rule}`, () => line() !== undefined, WAIT_MS);
  return JSON.parse(line()!) as Record<string, unknown>;
}

test('alerts of Falcos come in over gRPC, after a restart and a change of the configuration, too', async (t) => {
  const tls = falcoCertificates();
  const [first, second] = await Promise.all([startFalco(t, { tls }), startFalco(t)]);
  const { certFile, keyFile } = tls.client;
  const files = { caFile: tls.caFile, certFile, keyFile, serverName: 'localhost' };
  const secure = { targets: [first.target], tls: files };
  const hub = await startHub(t, { outputs, inputs: { falcoGrpc: { secure } } });
  first.raise(falcoAlert('A'));
  const alert = await arrives(hub, 'A');
  assert.equal(alert['priority'], 'Notice');
  assert.equal(alert['time'], '2026-08-11T00:00:00.123456789Z');
  assert.equal(alert['hostname'], 'node-1');

  await hub.stop();
  await eventually('nobody reads it', () => first.clients() === 0, WAIT_MS);
  first.raise(falcoAlert('B'));
  await hub.start();
  await arrives(hub, 'B');
  const connected = { input: 'secure', state: 'connected' };
  assert.equal(await metric(hub, 'tocsin_falco_grpc_streams', connected), 1);
  const sensor = { sender: 'falcoGrpc:secure', hostname: 'node-1' };
  assert.ok((await metric(hub, 'tocsin_sensor_last_alert_seconds', sensor)) > 0);

  hub.configure({ outputs, inputs: { falcoGrpc: { plain: { targets: [second.target] } } } });
  second.raise(falcoAlert('C'));
  await arrives(hub, 'C');
  await eventually('the other is left', () => first.clients() === 0, WAIT_MS);
  assert.equal(await hub.stop(), 0);
});
