import assert from 'node:assert/strict';
import test from 'node:test';
import { settingsOf } from '../../test/contract/attempt.ts';
import storage from './index.ts';
import { uploadUrl } from './payload.ts';
import { mistakesIn, type StorageSettings } from './settings.ts';

const { values } = settingsOf(storage, { bucket: 'my-bucket' });
const settings = values as unknown as StorageSettings;

test('an object is written where there is none, whatever its name', () => {
  assert.equal(
    uploadUrl(settings, 'a b/ü&name=c.json'),
    'https://storage.googleapis.com/upload/storage/v1/b/my-bucket/o?uploadType=media&name=a+b%2F%C3%BC%26name%3Dc.json&ifGenerationMatch=0',
  );
});

test('mistakes are all said at once', () => {
  const wrong = { ...settings, key: 'x', endpoint: 'storage', credentials: 'nonsense' };
  assert.deepEqual(
    mistakesIn(wrong).map(({ path }) => path),
    ['credentials', 'endpoint', 'key'],
  );
});
