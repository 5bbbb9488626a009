import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting', async () => {
  const { settings, warnings } = await loadSidekick({
    gcp: { cloudrun: { endpoint: 'https://x.a.run.app', jwt: 'a.b.c' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, { url: 'https://x.a.run.app', token: 'a.b.c' });
});
