import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline/promises';
import { test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import {
  type Authority,
  type Certificate,
  makeAuthority,
  writePem,
} from '../../test/support/certificates.ts';
import {
  type Destination,
  listen,
  soon,
  startClient,
  startDestination,
  startTcp,
} from '../../test/support/http-destination.ts';
import type { HttpClientOptions } from './http.ts';

const authority = makeAuthority();
const other = makeAuthority();
const server = authority.issueLocalhost({ usage: 'server' });
const HOUR_MS = 3_600_000;

async function post(t: TestContext, url: string, options: Partial<HttpClientOptions>) {
  return startClient(t, options).postJson(url, '{}', { signal: soon() });
}

async function startTls(
  t: TestContext,
  certificate: Certificate = server,
  clientCa?: Authority,
): Promise<Destination> {
  const mutual = clientCa ? { ca: clientCa.cert, requestCert: true } : {};
  return startDestination(t, (response) => response.end(), { ...certificate, ...mutual });
}

const TRUSTED = { caFiles: [authority.certFile] };

test('a destination with a certificate of a private authority is reached', async (t) => {
  const { origin, port } = await startTls(t);
  assert.deepEqual(await post(t, origin, TRUSTED), { outcome: 'delivered' });
  const byName = await post(t, `https://localhost:${port}/`, TRUSTED);
  assert.deepEqual(byName, { outcome: 'delivered' });
});

test('several authority files, and bundles, are trusted together', async (t) => {
  const bundle = writePem('bundle', `# a comment\n${makeAuthority().cert}\n${authority.cert}`);
  const { origin } = await startTls(t);
  assert.equal((await post(t, origin, { caFiles: [other.certFile, bundle] })).outcome, 'delivered');
});

const REFUSED: readonly (readonly [string, Certificate, Partial<HttpClientOptions>, RegExp])[] = [
  ['an authority nobody trusts', server, {}, /UNABLE_TO_VERIFY_LEAF_SIGNATURE/],
  ['another authority', server, { caFiles: [other.certFile] }, /UNABLE_TO_/],
  [
    'an expired certificate',
    authority.issueLocalhost({
      notBefore: new Date(Date.now() - 2 * HOUR_MS),
      notAfter: new Date(Date.now() - HOUR_MS),
    }),
    TRUSTED,
    /certificate has expired \(CERT_HAS_EXPIRED\)/,
  ],
  [
    'a certificate that is not valid yet',
    authority.issueLocalhost({ notBefore: new Date(Date.now() + HOUR_MS / 2) }),
    TRUSTED,
    /CERT_NOT_YET_VALID/,
  ],
  [
    'a certificate for another name',
    authority.issue({ name: 'other', hosts: ['other.example'] }),
    TRUSTED,
    /127\.0\.0\.1 is not in the cert.*\(ERR_TLS_CERT_ALTNAME_INVALID\)/,
  ],
  [
    'a certificate for clients only',
    authority.issueLocalhost({ usage: 'client' }),
    TRUSTED,
    /INVALID_PURPOSE/,
  ],
];

for (const [what, certificate, options, pattern] of REFUSED) {
  test(`${what} is refused before anything is sent, and why is said`, async (t) => {
    const { origin, port, requests } = await startTls(t, certificate);
    const result = await post(t, `${origin}/secretpath`, options);
    assert.equal(result.outcome === 'retry' && result.reason, 'network');
    const detail = 'detail' in result ? result.detail : '';
    assert.match(detail, pattern);
    assert.match(detail, new RegExp(`^127\\.0\\.0\\.1:${port}: its certificate is not accepted`));
    assert.doesNotMatch(detail, /secretpath/);
    assert.equal(requests.length, 0);
  });
}

test('verify: false takes any certificate', async (t) => {
  const { origin } = await startTls(t, other.issue({ name: 'x', hosts: ['x.example'] }));
  assert.equal((await post(t, origin, { verify: false })).outcome, 'delivered');
});

test('serverName is what the certificate is checked against, and what is asked for', async (t) => {
  const certificate = authority.issue({ name: 'es', hosts: ['es.internal'] });
  const asked: (string | false | null | undefined)[] = [];
  const { createServer } = await import('node:https');
  const https = createServer(certificate, (request: IncomingMessage, response) => {
    asked.push((request.socket as TLSSocket).servername);
    response.end();
  });
  const port = await listen(t, https);
  const url = `https://127.0.0.1:${port}/`;
  assert.equal((await post(t, url, TRUSTED)).outcome, 'retry');
  const named = await post(t, url, { ...TRUSTED, serverName: 'es.internal' });
  assert.equal(named.outcome, 'delivered');
  assert.deepEqual(asked, ['es.internal']);
});

test('a destination that asks for a certificate gets ours', async (t) => {
  const { certFile, keyFile } = authority.issue({ name: 'hub', usage: 'client' });
  const { origin } = await startTls(t, server, authority);
  const result = await post(t, origin, { ...TRUSTED, certFile, keyFile });
  assert.deepEqual(result, { outcome: 'delivered' });
});

test('certificate and key may stand in one file', async (t) => {
  const { cert, key } = authority.issue({ name: 'hub', usage: 'client' });
  const { origin } = await startTls(t, server, authority);
  const result = await post(t, origin, { ...TRUSTED, certFile: writePem('both', cert + key) });
  assert.deepEqual(result, { outcome: 'delivered' });
});

test('a destination that refuses our certificate, or wants one, means retry/network', async (t) => {
  const { origin } = await startTls(t, server, authority);
  const { certFile, keyFile } = other.issue({ name: 'hub', usage: 'client' });
  for (const options of [TRUSTED, { ...TRUSTED, certFile, keyFile }]) {
    const result = await post(t, origin, options);
    assert.equal(result.outcome === 'retry' && result.reason, 'network', JSON.stringify(result));
  }
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test('a refusal of our certificate is told by its TLS alert', { skip: !hasOpenssl }, async (t) => {
  // Node's own server only hangs up.
  const ca = ['-CAfile', authority.certFile, '-Verify', '1', '-verify_return_error'];
  const own = ['-cert', server.certFile, '-key', server.keyFile, '-naccept', '1'];
  const openssl = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...own, ...ca]);
  t.after(() => openssl.kill());
  let port = '';
  for await (const line of createInterface(openssl.stdout)) {
    port = /^ACCEPT 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? '';
    if (port !== '') break;
  }
  const result = await post(t, `https://127.0.0.1:${port}/`, TRUSTED);
  assert.equal(result.outcome === 'retry' && result.reason, 'network');
  assert.match(JSON.stringify(result), /it refuses our client certificate \(ERR_SSL_/);
});

test('a destination that does not speak TLS means retry/network', async (t) => {
  const { port } = await startDestination(t);
  const result = await post(t, `https://127.0.0.1:${port}/`, {});
  assert.equal(result.outcome === 'retry' && result.reason, 'network', JSON.stringify(result));
  assert.match(JSON.stringify(result), /no TLS connection/);
});

const UNUSABLE: readonly (readonly [string, Partial<HttpClientOptions>, RegExp])[] = [
  ['is not there', { caFiles: ['/no/such/ca.pem'] }, /cannot read \/no\/such\/ca\.pem: ENOENT/],
  ['holds no certificate', { caFiles: [writePem('x', 'hello')] }, /holds no certificate/],
  ['is a directory', { caFiles: ['/'] }, /cannot read \//],
  [
    'belongs to another key',
    { certFile: server.certFile, keyFile: authority.issue({ name: 'x' }).keyFile },
    /no pair of certificate and key/,
  ],
];

for (const [what, options, pattern] of UNUSABLE) {
  test(`a TLS file that ${what} pauses the output and says so`, async (t) => {
    const { origin } = await startTls(t);
    const result = await post(t, origin, options);
    assert.equal(result.outcome === 'retry' && result.reason, 'network', JSON.stringify(result));
    assert.match(JSON.stringify(result), pattern);
  });
}

test('changed files are read again: the next request has the new certificate', async (t) => {
  const names: string[] = [];
  const { createServer } = await import('node:https');
  const https = createServer(
    { ...server, ca: authority.cert, requestCert: true },
    (request: IncomingMessage, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      names.push(String(subject.CN));
      response.end();
    },
  );
  const url = `https://127.0.0.1:${await listen(t, https)}/`;
  const [first, second] = [authority.issue({ name: 'first' }), authority.issue({ name: 'second' })];
  const files = { certFile: writePem('cert', first.cert), keyFile: writePem('key', first.key) };
  const warnings: string[] = [];
  const client = startClient(t, {
    ...TRUSTED,
    ...files,
    onWarning: (text) => warnings.push(text),
  });
  const send = async () => (await client.postJson(url, '{}', { signal: soon() })).outcome;

  assert.equal(await send(), 'delivered');
  assert.equal(await send(), 'delivered');
  // Between the two files the pair does not fit: the old one stays in force, with one warning.
  copyFileSync(second.certFile, files.certFile);
  assert.equal(await send(), 'delivered');
  assert.equal(await send(), 'delivered');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /no pair.*stay in force/);
  copyFileSync(second.keyFile, files.keyFile);
  assert.equal(await send(), 'delivered');
  rmSync(files.certFile);
  assert.equal(await send(), 'delivered');
  assert.deepEqual(names, ['first', 'first', 'first', 'first', 'second', 'second']);
});

test('a change of files does not disturb the request under way', async (t) => {
  const pending = Promise.withResolvers<() => void>();
  const { origin, requests } = await startDestination(
    t,
    (response, { body }) => {
      if (body === '"slow"') pending.resolve(() => response.end('done'));
      else response.end();
    },
    { ...server },
  );
  const caFile = writePem('ca', authority.cert);
  const client = startClient(t, { caFiles: [caFile] });
  const slow = client.postJson(origin, '"slow"', { signal: soon() });
  const finish = await pending.promise;
  writeFileSync(caFile, `${other.cert}${authority.cert}`);
  assert.equal((await client.postJson(origin, '{}', { signal: soon() })).outcome, 'delivered');
  finish();
  assert.equal((await slow).outcome, 'delivered');
  assert.equal(requests.length, 2);
});

test('an output mends itself when a missing file appears', async (t) => {
  const { origin } = await startTls(t);
  const caFile = writePem('ca', '');
  rmSync(caFile);
  const client = startClient(t, { caFiles: [caFile] });
  assert.equal((await client.postJson(origin, '{}', { signal: soon() })).outcome, 'retry');
  writeFileSync(caFile, authority.cert);
  assert.equal((await client.postJson(origin, '{}', { signal: soon() })).outcome, 'delivered');
});

test('http is not held up by TLS files', async (t) => {
  const { origin } = await startDestination(t);
  const result = await post(t, origin, { caFiles: ['/no/such/ca.pem'] });
  assert.equal(result.outcome, 'delivered');
});

test('a redirect from https to http is not followed, one from http to https is', async (t) => {
  const plain = await startDestination(t);
  const downgrading = await startDestination(
    t,
    (response) => response.writeHead(307, { location: `${plain.origin}/` }).end(),
    { ...server },
  );
  const down = await post(t, downgrading.origin, TRUSTED);
  assert.equal(down.outcome === 'retry' && down.reason, 'client');
  assert.equal(plain.requests.length, 0);

  const secure = await startTls(t);
  const upgrading = await startDestination(t, (response) =>
    response.writeHead(308, { location: `${secure.origin}/new` }).end(),
  );
  assert.equal((await post(t, upgrading.origin, TRUSTED)).outcome, 'delivered');
  assert.equal(secure.requests[0]?.url, '/new');
});

test('a handshake that never ends is the network’s fault', async (t) => {
  const port = await startTcp(t, () => undefined);
  const result = await post(t, `https://127.0.0.1:${port}/`, { connectTimeoutMs: 100 });
  assert.deepEqual(result, {
    outcome: 'retry',
    reason: 'network',
    detail: `127.0.0.1:${port}: no connection in time`,
  });
});
