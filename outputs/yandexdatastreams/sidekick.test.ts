import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting', async () => {
  const { settings, warnings } = await loadSidekick({
    yandex: {
      accesskeyid: 'YCAJE0123',
      secretaccesskey: 'planted',
      datastreams: { streamname: '/ru-central1/f/d/falco' },
    },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    stream: '/ru-central1/f/d/falco',
    accessKeyId: 'YCAJE0123',
    secretAccessKey: 'planted',
    region: 'ru-central1',
    endpoint: 'https://yds.serverless.yandexcloud.net',
    format: 'falco',
  });
});
