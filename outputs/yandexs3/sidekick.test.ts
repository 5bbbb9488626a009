import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting, and each alert is an object', async () => {
  const { settings, common, warnings } = await loadSidekick({
    yandex: { accesskeyid: 'YCAJE0123', secretaccesskey: 'planted', s3: { bucket: 'falco' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    bucket: 'falco',
    accessKeyId: 'YCAJE0123',
    secretAccessKey: 'planted',
    region: 'ru-central1',
    endpoint: 'https://storage.yandexcloud.net',
    key: 'falco/<year>-<month>-<day>/<time>-<key>.json',
    format: 'falco',
    compress: false,
  });
  assert.deepEqual(common['batch'], { alertsMax: 1, wait: 0 });
});
