import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting', async () => {
  const name = 'projects/my-project/locations/us-central1/functions/falco';
  const { settings, warnings } = await loadSidekick({ gcp: { cloudfunctions: { name } } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, { name, endpoint: 'https://cloudfunctions.googleapis.com' });
});
