import { awsMistakes, openAws } from '../../src/output/aws.ts';
import { defineOutput } from '../../src/output/define.ts';
import { openStream, STREAM_BATCH } from '../../src/output/kinesis.ts';
import { streamName } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'yandexdatastreams',
  title: 'Yandex Data Streams',
  category: 'queue',
  summary: 'Puts alerts into a stream of Yandex Cloud, many in one request.',
  schema,
  example: {
    stream: '/ru-central1/b1g0000000000000/etn0000000000000/falco',
    accessKeyId: 'YCAJE0123456789',
    secretAccessKey: 'YCNf0123456789',
  },
  batch: STREAM_BATCH,
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: awsMistakes,
  open({ settings, http }) {
    const service = openAws(settings, 'kinesis', http);
    return Promise.resolve(openStream(service, streamName(settings), settings));
  },
});
