import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { type Connection, defineOutput, type SingleResult } from '../../src/output/define.ts';
import { openGoogle } from '../../src/output/google.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { OBJECT_BATCH, objectOf } from '../../src/output/object-store.ts';
import { uploadUrl } from './payload.ts';
import { mistakesIn, schema, type StorageSettings } from './settings.ts';

export default defineOutput({
  id: 'gcpstorage',
  title: 'Google Cloud Storage',
  category: 'storage',
  summary: 'Writes alerts to a bucket of Google Cloud Storage, many in one object.',
  schema,
  example: { bucket: 'my-falco-alerts' },
  batch: OBJECT_BATCH,
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openBucket(settings, http)),
});

function openBucket(settings: StorageSettings, http: HttpClient): Connection {
  const google = openGoogle(settings, http);
  return {
    async send(deliveries, { signal }) {
      const { key, body, contentType } = await objectOf(settings, deliveries);
      const answer = await google.request({
        method: 'POST',
        url: uploadUrl(settings, key),
        headers: { 'content-type': contentType },
        body,
        signal,
      });
      return resultOf(answer, key);
    },
    close: () => google.close(),
  };
}

/** The answer to an upload is the object; 412 says that an earlier attempt has written it. */
function resultOf(answer: HttpAnswer, key: string): SingleResult {
  if (answer.status === 412) return { outcome: 'delivered' };
  const isOwn = objectIn(answer)['name'] === key;
  return resultOfOwn(answer, isOwn, 'Cloud Storage answers with the object');
}
