import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeAuthority, writePem } from '../../test/support/certificates.ts';
import { soon, startClient, startDestination } from '../../test/support/http-destination.ts';
import { HttpError } from './http-error.ts';
import { createSystemTrust, createTlsSource, loadSystemCertificates } from './tls.ts';

const authority = makeAuthority();

/** PEM in one spelling. */
function compact(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}

function holds(certificates: readonly string[], pem: string): boolean {
  return certificates.some((certificate) => compact(certificate) === compact(pem));
}

test('Node’s own authorities are there whatever the system has', () => {
  const certificates = loadSystemCertificates({});
  for (const pem of getCACertificates('bundled')) assert.ok(certificates.includes(pem));
  assert.equal(new Set(certificates).size, certificates.length);
});

test('authorities under SSL_CERT_FILE and SSL_CERT_DIR are added, each once', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-ca-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const [second, third] = [makeAuthority(), makeAuthority()];
  copyFileSync(second.certFile, join(directory, 'second.crt'));
  copyFileSync(second.certFile, join(directory, '0a1b2c3d.0'));
  writeFileSync(join(directory, 'crlf.pem'), third.cert.replaceAll('\n', '\r\n'));
  writeFileSync(join(directory, 'README'), 'no certificate');
  writeFileSync(
    join(directory, 'broken.pem'),
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  );
  const certificates = loadSystemCertificates({
    SSL_CERT_FILE: authority.certFile,
    SSL_CERT_DIR: `/no/such/directory:${directory}`,
  });
  for (const { cert } of [authority, second, third]) assert.ok(holds(certificates, cert));
  const base = loadSystemCertificates({}).length;
  assert.equal(certificates.length, base + 3);
});

test('a system file that is missing harms nothing', () => {
  const certificates = loadSystemCertificates({ SSL_CERT_FILE: '/no/such/file', SSL_CERT_DIR: '' });
  assert.ok(certificates.length > 0);
});

test('what is loaded can be trusted by every output', async (t) => {
  const before = getCACertificates('default');
  t.after(() => setDefaultCACertificates(before));
  const { origin } = await startDestination(t, undefined, { ...authority.issueLocalhost() });
  setDefaultCACertificates(loadSystemCertificates({ SSL_CERT_FILE: authority.certFile }));
  // An authority of the output's own stands beside them, not in their place.
  for (const caFiles of [[], [makeAuthority().certFile]]) {
    const client = startClient(t, { caFiles });
    assert.equal((await client.postJson(origin, '{}', { signal: soon() })).outcome, 'delivered');
  }
});

test('the system’s authorities are read when TLS is first spoken, and once', async (t) => {
  const before = getCACertificates('default');
  t.after(() => setDefaultCACertificates(before));
  const { origin } = await startDestination(t, undefined, { ...authority.issueLocalhost() });
  const trustSystem = createSystemTrust({ SSL_CERT_FILE: authority.certFile });
  const plain = await startDestination(t);
  for (const [to, isTrusted] of [
    [plain.origin, false],
    [origin, true],
    [origin, true],
  ] as const) {
    const client = startClient(t, { trustSystem });
    assert.equal((await client.postJson(to, '{}', { signal: soon() })).outcome, 'delivered');
    assert.equal(holds(getCACertificates('default'), authority.cert), isTrusted);
  }
});

test('material stays the same object until a file changes', () => {
  const file = writePem('ca', authority.cert);
  const current = createTlsSource({ caFiles: [file] });
  const first = current();
  assert.equal(current(), first);
  writeFileSync(file, makeAuthority().cert);
  assert.notEqual(current(), first);
});

test('a file that is absurdly large is not read', () => {
  const file = writePem('large', 'x'.repeat(5 * 1024 * 1024));
  assert.throws(createTlsSource({ caFiles: [file] }), (error) => {
    assert.ok(error instanceof HttpError);
    assert.equal(error.code, 'tls_files');
    assert.match(error.message, /larger than 4 MiB/);
    return true;
  });
});
