import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { startService } from './service.ts';

/** A cache in which nothing is installed. */
function emptyCache(t: TestContext): { readonly TOCSIN_SERVICES_CACHE: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-services-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return { TOCSIN_SERVICES_CACHE: directory };
}

function setVariable(t: TestContext, name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

test('a server that is not installed skips its tests, and says what to do', async (t) => {
  setVariable(t, 'CI', '');
  const reasons: (string | undefined)[] = [];
  const skipping = { skip: (reason?: string) => reasons.push(reason) } as never;
  assert.equal(await startService(skipping, 'opensearch', emptyCache(t)), undefined);
  assert.deepEqual(reasons, ['opensearch is not installed: npm run services']);
});

test('in continuous integration a server that is not installed is a failure', async (t) => {
  setVariable(t, 'CI', 'true');
  await assert.rejects(startService(t, 'opensearch', emptyCache(t)), /is not installed/);
});

test('a server that nobody knows is a failure, too', async (t) => {
  setVariable(t, 'CI', 'true');
  await assert.rejects(startService(t, 'no-such-server', emptyCache(t)), /no-such-server/);
});
