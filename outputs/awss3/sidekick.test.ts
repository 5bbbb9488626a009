import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting, and each alert is an object', async () => {
  const { settings, common, warnings } = await loadSidekick({
    aws: { region: 'eu-west-1', s3: { bucket: 'falco', endpoint: 'http://minio:9000' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    bucket: 'falco',
    region: 'eu-west-1',
    preferEnvironment: true,
    endpoint: 'http://minio:9000',
    acl: 'bucket-owner-full-control',
    key: 'falco/<year>-<month>-<day>/<time>-<key>.json',
    format: 'falco',
    compress: false,
  });
  assert.deepEqual(common['batch'], { alertsMax: 1, wait: 0 });
});
