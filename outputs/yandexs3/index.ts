import { openAws } from '../../src/output/aws.ts';
import { defineOutput } from '../../src/output/define.ts';
import { OBJECT_BATCH, objectOf } from '../../src/output/object-store.ts';
import { putObject } from '../../src/output/s3.ts';
import { stateful } from '../../src/output/stateful.ts';
import { bucketOf } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'yandexs3',
  title: 'Yandex Object Storage',
  category: 'storage',
  summary: 'Writes alerts to a bucket of Yandex Object Storage, many in one object.',
  schema,
  example: {
    bucket: 'my-falco-alerts',
    accessKeyId: 'YCAJE0123456789',
    secretAccessKey: 'YCNf0123456789',
  },
  batch: OBJECT_BATCH,
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open({ settings, http }) {
    const bucket = bucketOf(openAws(settings, 's3', http), settings);
    return Promise.resolve(
      stateful(async (deliveries, signal) =>
        putObject(bucket, await objectOf(settings, deliveries), {}, signal),
      ),
    );
  },
});
