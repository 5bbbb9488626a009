import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('an object for each alert, under the day', async () => {
  const { settings, common, warnings } = await loadSidekick({
    gcp: { storage: { bucket: 'my-bucket', prefix: 'soc/falco' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    bucket: 'my-bucket',
    key: 'soc/falco/<year>-<month>-<day>/<time>-<key>.json',
    format: 'falco',
    compress: false,
    endpoint: 'https://storage.googleapis.com',
  });
  assert.deepEqual(common['batch'], { alertsMax: 1, wait: 0 });
});

test('without a prefix the day stands first', async () => {
  const { settings } = await loadSidekick({ gcp: { storage: { bucket: 'my-bucket' } } });
  assert.equal(settings?.['key'], '<year>-<month>-<day>/<time>-<key>.json');
});
