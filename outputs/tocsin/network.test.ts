import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { SendResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { assertResult, verdictOf } from '../../test/contract/attempt.ts';
import { makeAuthority, writePem } from '../../test/support/certificates.ts';
import { openDoor } from '../../test/support/grpc-ingest.ts';
import { closedPort } from '../../test/support/http-destination.ts';
import { everythingIsLocal, startProxy } from '../../test/support/proxy.ts';
import { openOutput } from '../../test/support/tocsin-output.ts';

/** The way to the other hub: what every output has of TLS, proxies and refused destinations. */

const authority = makeAuthority();
const PLAIN_DOOR = { address: '127.0.0.1:0', auth: { tokens: [] } };
const tls = { ...authority.issueLocalhost(), clientAuth: 'require' as const, clientNames: [] };
const TLS_DOOR = { ...PLAIN_DOOR, tls };

/** One attempt with one alert over a connection of its own. */
async function attempt(...options: Parameters<typeof openOutput>): Promise<SendResult> {
  const connection = await openOutput(...options);
  const signal = AbortSignal.timeout(60_000);
  const result = await connection.send([deliveryOf(alertWith())], { signal });
  assertResult(result, 1);
  return result;
}

test('mutual TLS proves both sides, by what every output has', async (t) => {
  const client = { clientCaFile: authority.certFile, clientNames: ['edge'] };
  const settings = { ...PLAIN_DOOR, tls: { ...tls, ...client } };
  const { admission, target } = await openDoor(t, { settings });
  const address = target.replace('127.0.0.1', 'localhost');
  const caFiles = [authority.certFile];
  const own = authority.issue({ name: 'edge' });
  const foreign = authority.issue({ name: 'stranger' });
  for (const [common, verdict] of [
    [{ caFiles, ...own }, 'delivered'],
    [{ caFiles, ...foreign }, 'retry/auth'],
    [{ caFiles }, 'retry/network'],
    [{ ...own, caFiles: [makeAuthority().certFile] }, 'retry/network'],
    [{ ...own, caFiles: [makeAuthority().certFile], verify: false }, 'delivered'],
    [{ ...own, caFiles, serverName: 'other.example.org' }, 'retry/network'],
  ] as const) {
    assert.equal(verdictOf(await attempt(t, { address }, common)), verdict);
  }
  assert.equal(verdictOf(await attempt(t, { address, plaintext: true })), 'retry/network');
  assert.equal(admission.calls[0]?.sender.identity, 'cert:edge');
});

test('a name of its own is what the certificate of the hub must carry', async (t) => {
  const named = authority.issue({ name: 'hub', hosts: ['hub.internal'] });
  const { target } = await openDoor(t, { settings: { ...PLAIN_DOOR, tls: { ...tls, ...named } } });
  const common = { caFiles: [authority.certFile] };
  const without = await attempt(t, { address: target }, common);
  assert.match(JSON.stringify(without), /127\.0\.0\.1:\d+: its certificate is not accepted/);
  const result = await attempt(t, { address: target }, { ...common, serverName: 'hub.internal' });
  assert.deepEqual(result, { outcome: 'delivered' });
});

test('a new authority counts for the next connection', async (t) => {
  const { target } = await openDoor(t, { settings: TLS_DOOR });
  const caFile = writePem('ca', makeAuthority().cert);
  const connection = await openOutput(t, { address: target }, { caFiles: [caFile] });
  const send = () =>
    connection.send([deliveryOf(alertWith())], { signal: AbortSignal.timeout(60_000) });
  assert.equal(verdictOf(await send()), 'retry/network');
  writeFileSync(caFile, authority.cert);
  assert.equal(verdictOf(await send()), 'delivered');
});

test('certificate files that cannot be read are named', async (t) => {
  const result = await attempt(t, { address: 'localhost:1' }, { caFiles: ['/nowhere/ca.pem'] });
  assert.equal(verdictOf(result), 'retry/network');
  assert.match(JSON.stringify(result), /cannot read \/nowhere\/ca\.pem/);
});

test('a refused destination is refused with the name of the option', async (t) => {
  for (const address of ['169.254.169.254:2803', '[fe80::1]:2803', '[::ffff:a9fe:a9fe]:2803']) {
    for (const plaintext of [true, false]) {
      const result = await attempt(t, { address, plaintext });
      assert.equal(verdictOf(result), 'retry/client');
      assert.match(JSON.stringify(result), /is refused: .* under allowDestinations/);
    }
  }
  const { target } = await openDoor(t);
  const port = Number(target.split(':')[1]);
  const refuseListeners = () => [{ address: '127.0.0.1', port }];
  const own = { address: target, plaintext: true };
  assert.equal(verdictOf(await attempt(t, own, { refuseListeners })), 'retry/client');
  const allowDestinations = ['127.0.0.1'];
  const allowed = await attempt(t, own, { refuseListeners, allowDestinations });
  assert.deepEqual(allowed, { outcome: 'delivered' });
});

test('a hub is reached through the proxy of the output, and by TLS of the environment', async (t) => {
  const proxy = await startProxy(t);
  const url = `http://127.0.0.1:${proxy.port}`;
  const secured = await openDoor(t, { settings: TLS_DOOR });
  const plain = await openDoor(t);
  const common = {
    caFiles: [authority.certFile],
    serverName: 'localhost',
    lookup: everythingIsLocal,
  };
  const environment = { HTTPS_PROXY: url };
  for (const [target, plaintext, options] of [
    [secured.target, false, { environment, proxy: undefined }],
    [secured.target, false, { proxy: url }],
    [plain.target, true, { proxy: url }],
  ] as const) {
    const address = target.replace('127.0.0.1', 'hub.example');
    const result = await attempt(t, { address, plaintext }, { ...common, ...options });
    assert.deepEqual(result, { outcome: 'delivered' });
    assert.equal(proxy.seen.pop()?.line, `CONNECT ${address}`);
  }
  const gone = { proxy: `http://127.0.0.1:${await closedPort()}` };
  const result = await attempt(t, { address: 'hub.example:2803' }, gone);
  assert.match(JSON.stringify(result), /proxy 127\.0\.0\.1:\d+: connection refused/);
});
