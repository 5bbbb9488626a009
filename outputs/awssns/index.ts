import { foreignAnswer } from '../../src/output/answer.ts';
import { awsResult, itemResult } from '../../src/output/aws-answer.ts';
import { awsMistakes, openAws, regionIn } from '../../src/output/aws.ts';
import { chunksOf, sendChunks } from '../../src/output/chunks.ts';
import { type Connection, defineOutput, type SendResult } from '../../src/output/define.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { combined } from '../../src/output/verdicts.ts';
import { type Notice, noticeOf, publishForm, sizeOf } from './payload.ts';
import { failuresIn, idsIn } from './answer.ts';
import { schema, type SnsSettings } from './settings.ts';

export default defineOutput({
  id: 'awssns',
  title: 'Amazon SNS',
  category: 'queue',
  summary: 'Publishes alerts to a topic of Amazon SNS, standard or FIFO, ten in one request.',
  schema,
  example: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:falco-alerts' },
  batch: { alertsMax: 10, bytesMax: 200 * 1024, waitMs: 50 },
  concurrency: 4,
  validate: awsMistakes,
  open: ({ settings, http }) => Promise.resolve(openTopic(settings, http)),
});

/** What one request may have. */
const LIMITS = { itemsMax: 10, bytesMax: 256 * 1024 };

function openTopic(settings: SnsSettings, http: HttpClient): Connection {
  const { topicArn, region = regionIn(topicArn) } = settings;
  const service = openAws({ ...settings, region }, 'sns', http);
  return stateful((deliveries, signal) => {
    const notices = deliveries.map((delivery) => noticeOf(settings, delivery));
    return sendChunks(chunksOf(notices, LIMITS, sizeOf), async (chunk) => {
      const answer = await service.request({
        method: 'POST',
        url: service.url('/'),
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: publishForm(topicArn, chunk),
        signal,
      });
      return resultOf(answer, chunk);
    });
  });
}

/** The answer says of each message, which is named by its place, whether the topic has it. */
function resultOf(answer: HttpAnswer, chunk: readonly Notice[]): SendResult {
  const result = awsResult(answer);
  if (result.outcome !== 'delivered') return result;
  const taken = idsIn(answer.text);
  const refused = failuresIn(answer.text);
  const ids = chunk.map((_, n) => String(n));
  if (!ids.every((id) => taken.has(id) || refused.has(id))) {
    return foreignAnswer(answer, 'SNS answers for each message');
  }
  return combined(
    ids.map((id) => {
      const failure = refused.get(id);
      return failure === undefined ? { outcome: 'delivered' } : itemResult(failure);
    }),
  );
}
