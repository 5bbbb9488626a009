import { awsMistakes, openAws } from '../../src/output/aws.ts';
import { defineOutput } from '../../src/output/define.ts';
import { openStream, STREAM_BATCH } from '../../src/output/kinesis.ts';
import { streamOf } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'awskinesis',
  title: 'Amazon Kinesis Data Streams',
  category: 'queue',
  summary: 'Puts alerts into a stream of Amazon Kinesis, many in one request.',
  schema,
  example: { stream: 'falco-alerts', region: 'eu-central-1' },
  batch: STREAM_BATCH,
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: awsMistakes,
  open({ settings, http }) {
    const { name, region } = streamOf(settings);
    const service = openAws({ ...settings, region }, 'kinesis', http);
    return Promise.resolve(openStream(service, name, settings));
  },
});
