import { openAws } from '../../src/output/aws.ts';
import { type Connection, defineOutput } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { OBJECT_BATCH, objectOf } from '../../src/output/object-store.ts';
import { putObject } from '../../src/output/s3.ts';
import { stateful } from '../../src/output/stateful.ts';
import { objectHeaders } from './payload.ts';
import { mistakesIn, type S3Settings, schema } from './settings.ts';

export default defineOutput({
  id: 'awss3',
  title: 'Amazon S3',
  category: 'storage',
  summary: 'Writes alerts to a bucket of Amazon S3, or what speaks like it, many in one object.',
  schema,
  example: { bucket: 'my-falco-alerts', region: 'eu-central-1' },
  batch: OBJECT_BATCH,
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openBucket(settings, http)),
});

function openBucket(settings: S3Settings, http: HttpClient): Connection {
  const { bucket: name, endpoint, pathStyle: isInPath = endpoint !== undefined } = settings;
  const bucket = { service: openAws(settings, 's3', http), name, isInPath };
  return stateful(async (deliveries, signal) => {
    const object = await objectOf(settings, deliveries);
    return putObject(bucket, object, objectHeaders(settings), signal);
  });
}
