import { MESSAGES_LANE, REQUEST_LIMITS, resultOfMessages } from '../../src/output/aws-messages.ts';
import { awsMistakes, openAws, regionIn } from '../../src/output/aws.ts';
import { chunksOf, sendChunks } from '../../src/output/chunks.ts';
import { type Connection, defineOutput } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { noticeOf, publishForm, sizeOf } from './payload.ts';
import { told } from './answer.ts';
import { schema, type SnsSettings } from './settings.ts';

export default defineOutput({
  id: 'awssns',
  title: 'Amazon SNS',
  category: 'queue',
  summary: 'Publishes alerts to a topic of Amazon SNS, standard or FIFO, ten in one request.',
  schema,
  example: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:falco-alerts' },
  ...MESSAGES_LANE,
  validate: awsMistakes,
  open: ({ settings, http }) => Promise.resolve(openTopic(settings, http)),
});

function openTopic(settings: SnsSettings, http: HttpClient): Connection {
  const { topicArn, region = regionIn(topicArn) } = settings;
  const service = openAws({ ...settings, region }, 'sns', http);
  return stateful((deliveries, signal) => {
    const notices = deliveries.map((delivery) => noticeOf(settings, delivery));
    return sendChunks(chunksOf(notices, REQUEST_LIMITS, sizeOf), async (chunk) => {
      const answer = await service.request({
        method: 'POST',
        url: service.url('/'),
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: publishForm(topicArn, chunk),
        signal,
      });
      // Messages are named by their places.
      const ids = chunk.map((_, n) => String(n));
      return resultOfMessages(answer, ids, told, 'SNS');
    });
  });
}
