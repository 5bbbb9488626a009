import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { test } from 'node:test';
import { makeAuthority } from '../../test/support/certificates.ts';
import {
  closedPort,
  listen,
  soon,
  startClient,
  startDestination,
  startTcp,
} from '../../test/support/http-destination.ts';
import { everythingIsLocal, startProxy } from '../../test/support/proxy.ts';

const authority = makeAuthority();
const TRUSTED = { caFiles: [authority.certFile] };

test('http goes through the proxy in absolute form, with its credentials', async (t) => {
  const destination = await startDestination(t);
  const proxy = await startProxy(t);
  const client = startClient(t, {
    environment: { HTTP_PROXY: `http://us%40er:pw@localhost:${proxy.port}` },
    lookup: everythingIsLocal,
  });
  const url = `http://dest.example:${destination.port}/in?x=1`;
  const result = await client.postJson(url, '{"a":1}', { signal: soon() });
  assert.deepEqual(result, { outcome: 'delivered' });
  assert.equal(proxy.seen[0]?.line, `POST ${url}`);
  assert.equal(proxy.seen[0]?.headers.host, `dest.example:${destination.port}`);
  const credentials = Buffer.from('us@er:pw').toString('base64');
  assert.equal(proxy.seen[0]?.headers['proxy-authorization'], `Basic ${credentials}`);
  assert.equal(destination.requests[0]?.body, '{"a":1}');
  assert.equal(destination.requests[0]?.url, '/in?x=1');
});

for (const isTls of [false, true]) {
  const scheme = isTls ? 'https' : 'http';

  test(`https goes through a tunnel of an ${scheme} proxy that sees no header`, async (t) => {
    const certificate = authority.issue({ name: 'dest', hosts: ['dest.example'] });
    const destination = await startDestination(t, (response) => response.end(), { ...certificate });
    const proxy = await startProxy(t, isTls ? { tls: authority.issueLocalhost() } : {});
    const client = startClient(t, {
      ...TRUSTED,
      environment: { https_proxy: `${scheme}://user:pw@localhost:${proxy.port}` },
      lookup: everythingIsLocal,
      connections: 1,
    });
    const url = `https://dest.example:${destination.port}/secretpath`;
    for (let i = 0; i < 2; i += 1) {
      const result = await client.postJson(url, '{}', {
        signal: soon(),
        headers: { 'x-key': 'k' },
      });
      assert.deepEqual(result, { outcome: 'delivered' });
    }
    assert.equal(proxy.seen.length, 1);
    assert.equal(proxy.seen[0]?.line, `CONNECT dest.example:${destination.port}`);
    const credentials = Buffer.from('user:pw').toString('base64');
    assert.equal(proxy.seen[0]?.headers['proxy-authorization'], `Basic ${credentials}`);
    assert.equal(proxy.seen[0]?.headers['x-key'], undefined);
    assert.equal(destination.requests[0]?.headers['x-key'], 'k');
    assert.equal(destination.requests[0]?.headers['proxy-authorization'], undefined);
  });

  test(`http goes through an ${scheme} proxy`, async (t) => {
    const destination = await startDestination(t);
    const proxy = await startProxy(t, isTls ? { tls: authority.issueLocalhost() } : {});
    const client = startClient(t, {
      ...TRUSTED,
      environment: { HTTP_PROXY: `${scheme}://localhost:${proxy.port}` },
      lookup: everythingIsLocal,
    });
    const url = `http://dest.example:${destination.port}/`;
    assert.deepEqual(await client.postJson(url, '{}', { signal: soon() }), {
      outcome: 'delivered',
    });
    assert.equal(proxy.seen.length, 1);
  });
}

test('NO_PROXY and `none` go around the proxy, one for the output goes through it', async (t) => {
  const destination = await startDestination(t);
  const proxy = await startProxy(t);
  const url = `http://dest.example:${destination.port}/`;
  const HTTP_PROXY = `http://localhost:${proxy.port}`;
  const send = async (options: object) =>
    startClient(t, { lookup: everythingIsLocal, ...options }).postJson(url, '{}', {
      signal: soon(),
    });

  await send({ environment: { HTTP_PROXY, NO_PROXY: '.example' } });
  await send({ environment: { HTTP_PROXY }, proxy: 'none' });
  assert.equal(proxy.seen.length, 0);
  await send({ environment: { HTTP_PROXY: 'http://elsewhere:1' }, proxy: HTTP_PROXY });
  assert.equal(proxy.seen.length, 1);
  assert.equal(destination.requests.length, 3);
});

for (const [status, reason] of [
  [407, 'auth'],
  [403, 'network'],
  [502, 'network'],
] as const) {
  test(`a proxy that answers ${status} to CONNECT means retry/${reason}`, async (t) => {
    const proxy = await startProxy(t, { tunnelStatus: status });
    const client = startClient(t, {
      environment: { HTTPS_PROXY: `http://user:hidden1@localhost:${proxy.port}` },
      lookup: everythingIsLocal,
    });
    const result = await client.postJson('https://dest.example/secretpath', '{}', {
      signal: soon(),
    });
    assert.equal(result.outcome === 'retry' && result.reason, reason);
    assert.match(JSON.stringify(result), new RegExp(`proxy localhost:${proxy.port}.*${status}`));
    assert.doesNotMatch(JSON.stringify(result), /hidden1|secretpath/);
  });
}

test('a proxy that is gone is named', async (t) => {
  const port = await closedPort();
  const client = startClient(t, { proxy: `http://127.0.0.1:${port}` });
  for (const scheme of ['http', 'https']) {
    const result = await client.postJson(`${scheme}://dest.example/`, '{}', { signal: soon() });
    assert.deepEqual(result, {
      outcome: 'retry',
      reason: 'network',
      detail: `proxy 127.0.0.1:${port}: connection refused (ECONNREFUSED)`,
    });
  }
});

for (const [what, bytes] of [
  ['speaks no HTTP', 'SSH-2.0-x\r\n\r\n'],
  ['hangs up', ''],
  ['answers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
] as const) {
  test(`a proxy that ${what} means retry/network`, async (t) => {
    const port = await startTcp(t, (socket) => socket.once('data', () => socket.end(bytes)));
    const client = startClient(t, { proxy: `http://127.0.0.1:${port}` });
    const result = await client.postJson('https://dest.example/', '{}', { signal: soon() });
    assert.equal(result.outcome === 'retry' && result.reason, 'network', JSON.stringify(result));
  });
}

test('a proxy that never answers CONNECT is the network’s fault', async (t) => {
  const port = await startTcp(t, () => undefined);
  const client = startClient(t, { proxy: `http://127.0.0.1:${port}`, connectTimeoutMs: 100 });
  const result = await client.postJson('https://dest.example/', '{}', { signal: soon() });
  assert.deepEqual(result, {
    outcome: 'retry',
    reason: 'network',
    detail: `proxy 127.0.0.1:${port}: no connection in time`,
  });
});

test('a certificate behind a tunnel is verified as the destination’s', async (t) => {
  const certificate = makeAuthority().issue({ name: 'dest', hosts: ['dest.example'] });
  const { port } = await startDestination(t, undefined, { ...certificate });
  const proxy = await startProxy(t);
  const client = startClient(t, { ...TRUSTED, proxy: `http://127.0.0.1:${proxy.port}` });
  const result = await client.postJson(`https://dest.example:${port}/`, '{}', { signal: soon() });
  assert.match(JSON.stringify(result), /dest\.example:\d+: its certificate is not accepted/);
});

test('a client certificate is the destination’s business, not the proxy’s', async (t) => {
  const { certFile, keyFile } = authority.issue({ name: 'hub', usage: 'client' });
  const peers: boolean[] = [];
  const own = authority.issueLocalhost();
  const proxy = createTlsServer({ ...own, requestCert: true, rejectUnauthorized: false });
  proxy.on('secureConnection', (socket) => peers.push('subject' in socket.getPeerCertificate()));
  proxy.on('request', (_request: IncomingMessage, response) => response.end());
  const port = await listen(t, proxy);
  const client = startClient(t, {
    ...TRUSTED,
    certFile,
    keyFile,
    proxy: `https://127.0.0.1:${port}`,
  });
  const result = await client.postJson('http://dest.example/', '{}', { signal: soon() });
  assert.equal(result.outcome, 'delivered', JSON.stringify(result));
  assert.deepEqual(peers, [false]);
});

test('a SOCKS proxy is refused: the output’s own at start, the environment’s at use', async (t) => {
  assert.throws(() => startClient(t, { proxy: 'socks5://p:1080' }), /use an http:\/\/ or https:/);
  const client = startClient(t, { environment: { HTTPS_PROXY: 'socks5://u:hidden1@p:1080' } });
  const result = await client.postJson('https://dest.example/', '{}', { signal: soon() });
  assert.equal(result.outcome === 'retry' && result.reason, 'client');
  assert.match(JSON.stringify(result), /HTTPS_PROXY: socks5/);
  assert.doesNotMatch(JSON.stringify(result), /hidden1/);
});

test('neither a proxy nor what it is asked for may be a refused address', async (t) => {
  const proxy = await startProxy(t);
  const through = startClient(t, { proxy: `http://127.0.0.1:${proxy.port}` });
  const refusedProxy = startClient(t, { proxy: 'http://169.254.169.254:3128' });
  for (const scheme of ['http', 'https']) {
    for (const [client, host] of [
      [through, '169.254.169.254'],
      [through, '[::ffff:169.254.169.254]'],
      [refusedProxy, 'dest.example'],
    ] as const) {
      const result = await client.postJson(`${scheme}://${host}/`, '{}', { signal: soon() });
      assert.equal(result.outcome === 'retry' && result.reason, 'client');
      assert.match(JSON.stringify(result), /allowDestinations/);
    }
  }
  assert.equal(proxy.seen.length, 0);
});
