import assert from 'node:assert/strict';
import test from 'node:test';
import { openAws } from '../../src/output/aws.ts';
import { objectUrl } from '../../src/output/s3.ts';
import { httpClient, settingsOf } from '../../test/contract/attempt.ts';
import yandexs3 from './index.ts';
import { bucketOf } from './payload.ts';

test('an object is below its bucket', (t) => {
  const { values } = settingsOf(yandexs3, yandexs3.example);
  const service = openAws(values, 's3', httpClient(t));
  const url = objectUrl(bucketOf(service, { bucket: 'falco' }), 'a/b.json');
  assert.equal(url, 'https://storage.yandexcloud.net/falco/a/b.json');
});
