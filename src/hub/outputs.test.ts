import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { makeAuthority } from '../../test/support/certificates.ts';
import { openDoor } from '../../test/support/grpc-ingest.ts';
import { startProxy } from '../../test/support/proxy.ts';
import type { SendResult } from '../output/define.ts';
import { Outputs, type OutputsEnvironment } from './outputs.ts';

/** One attempt by an output that is configured with `yaml`. */
async function attempt(
  t: TestContext,
  yaml: string,
  changes: Partial<OutputsEnvironment> = {},
): Promise<SendResult> {
  const text = `outputs: { one: { ${yaml} } }`;
  const config = await loadConfig({ file: 'c.yaml', text, env: {}, flags: {}, baseDirectory: '/' });
  assert.ok(config.ok);
  const outputs = new Outputs({
    environment: {},
    refuseListeners: () => [],
    version: '0',
    onWarning: () => {},
    ...changes,
  });
  const [output] = outputs.make(config);
  assert.ok(output);
  t.after(() => output.adapter.close());
  return output.adapter.send([deliveryOf(alertWith())], AbortSignal.timeout(60_000));
}

test('an output that speaks no HTTP has the certificates, proxy and policy of its section', async (t) => {
  const authority = makeAuthority();
  const tls = { ...authority.issueLocalhost(), clientAuth: 'require' as const, clientNames: [] };
  const client = authority.issue({ name: 'edge' });
  const { target } = await openDoor(t, {
    settings: {
      address: '127.0.0.1:0',
      auth: { tokens: [] },
      tls: { ...tls, clientCaFile: authority.certFile },
    },
  });
  const port = Number(target.split(':')[1]);
  const proxy = await startProxy(t);
  const { certFile, keyFile } = client;
  const files = `caFile: ${authority.certFile}, certFile: ${certFile}, keyFile: ${keyFile}`;
  const output = (host: string, rest = '') =>
    `type: tocsin, address: "${host}:${port}", tls: { ${files}, serverName: localhost }${rest}`;

  assert.deepEqual(await attempt(t, output('127.0.0.1')), { outcome: 'delivered' });
  const proxied = output('hub.example', `, proxy: "http://127.0.0.1:${proxy.port}"`);
  assert.deepEqual(await attempt(t, proxied), { outcome: 'delivered' });
  const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
  const byEnvironment = await attempt(t, output('hub.example'), { environment });
  assert.deepEqual(byEnvironment, { outcome: 'delivered' });
  assert.equal(proxy.seen.length, 2);

  const refuseListeners = () => [{ address: '127.0.0.1', port }];
  const refused = await attempt(t, output('127.0.0.1'), { refuseListeners });
  assert.match(JSON.stringify(refused), /own listener; list 127\.0\.0\.1 under allowDestinations/);
  const allowed = output('127.0.0.1', ', allowDestinations: [127.0.0.1]');
  assert.deepEqual(await attempt(t, allowed, { refuseListeners }), { outcome: 'delivered' });
});
