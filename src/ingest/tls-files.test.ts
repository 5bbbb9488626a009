import assert from 'node:assert/strict';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeAuthority, writePem } from '../../test/support/certificates.ts';
import { loadTlsFiles, watchTlsFiles } from './tls-files.ts';

const authority = makeAuthority();

/** Files to be overwritten, and what a watch of them said. */
async function watched(t: TestContext, intervalMs = 60_000) {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-tls-'));
  t.after(() => rm(directory, { recursive: true }));
  const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
  const write = (cert: string, key: string) => {
    writeFileSync(files.certFile, cert);
    writeFileSync(files.keyFile, key);
  };
  const first = authority.issueLocalhost();
  write(first.cert, first.key);
  const changes: string[] = [];
  const errors: string[] = [];
  const watch = watchTlsFiles(files, await loadTlsFiles(files), {
    onChange: ({ cert }) => void changes.push(cert.toString()),
    log: {
      info: () => {},
      warn: () => {},
      error: (fields) => void errors.push((fields as { err: string }).err),
    },
    intervalMs,
  });
  t.after(() => watch.close());
  return { files, write, first, changes, errors, watch };
}

test('loads a pair, and says when the first of its certificates expires', async () => {
  const soon = new Date('2030-01-01T00:00:00Z');
  const later = new Date('2031-01-01T00:00:00Z');
  const leaf = authority.issueLocalhost({ notAfter: later });
  const intermediate = authority.issue({ name: 'intermediate', notAfter: soon });
  const certFile = writePem('chain', leaf.cert + intermediate.cert);
  const material = await loadTlsFiles({ certFile, keyFile: leaf.keyFile });
  assert.deepEqual(material.notAfter, soon);
  assert.equal(material.ca, undefined);
});

test('refuses what cannot be served, and names the file but not what is in it', async (t) => {
  const { files, first } = await watched(t);
  const other = authority.issueLocalhost();
  const { certFile, keyFile } = files;
  const missing = join(certFile, '..', 'missing');
  const cases = [
    [{ certFile: missing, keyFile }, 'tls_unreadable', /Cannot read .*missing \(ENOENT\)/],
    [{ certFile, keyFile: other.keyFile }, 'tls_invalid', /no pair that can be served/],
    [{ certFile: keyFile, keyFile }, 'tls_invalid', /tls\.key is not a PEM file of certificates/],
    [{ certFile, keyFile, clientCaFile: keyFile }, 'tls_invalid', /tls\.key is not a PEM file/],
  ] as const;
  for (const [bad, code, message] of cases) {
    await assert.rejects(loadTlsFiles(bad), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      for (const line of first.key.split('\n').slice(1, 3))
        assert.ok(!error.message.includes(line));
      return true;
    });
  }
});

test('hands over new contents, once', async (t) => {
  const { write, changes, watch } = await watched(t);
  assert.equal(await watch.check(), false);
  const notAfter = new Date('2030-01-01T00:00:00Z');
  const next = authority.issueLocalhost({ notAfter });
  write(next.cert, next.key);
  assert.equal(await watch.check(), true);
  assert.equal(await watch.check(), false);
  assert.deepEqual(changes, [next.cert]);
  assert.deepEqual(watch.current().notAfter, notAfter);
});

test('keeps the old pair while the new one is broken, and complains once', async (t) => {
  const { write, first, changes, errors, watch } = await watched(t);
  const next = authority.issueLocalhost();
  write(next.cert, first.key);
  assert.equal(await watch.check(), false);
  assert.equal(await watch.check(), false);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /no pair that can be served/);
  assert.equal(watch.current().cert.toString(), first.cert);
  write(next.cert, next.key);
  assert.equal(await watch.check(), true);
  assert.deepEqual(changes, [next.cert]);
});

test('looks by itself, also when the files are changed by swapping a link', async (t) => {
  const { files, write, changes } = await watched(t, 10);
  const next = authority.issueLocalhost();
  write(next.cert, next.key);
  while (changes.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));

  const swapped = authority.issueLocalhost();
  symlinkSync(swapped.certFile, `${files.certFile}.new`);
  symlinkSync(swapped.keyFile, `${files.keyFile}.new`);
  renameSync(`${files.keyFile}.new`, files.keyFile);
  renameSync(`${files.certFile}.new`, files.certFile);
  while (changes.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(changes, [next.cert, swapped.cert]);
});
