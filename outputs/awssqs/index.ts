import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { awsResult, itemResult } from '../../src/output/aws-answer.ts';
import { openAws, regionIn } from '../../src/output/aws.ts';
import { chunksOf, sendChunks } from '../../src/output/chunks.ts';
import { type Connection, defineOutput, type SendResult } from '../../src/output/define.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { combined } from '../../src/output/verdicts.ts';
import { type Entry, entryOf } from './payload.ts';
import { mistakesIn, schema, type SqsSettings } from './settings.ts';

export default defineOutput({
  id: 'awssqs',
  title: 'Amazon SQS',
  category: 'queue',
  summary: 'Sends alerts to a queue of Amazon SQS, standard or FIFO, ten in one request.',
  schema,
  example: { url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/falco-alerts' },
  batch: { alertsMax: 10, bytesMax: 200 * 1024, waitMs: 50 },
  concurrency: 4,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openQueue(settings, http)),
});

/** What one request may have. */
const LIMITS = { itemsMax: 10, bytesMax: 256 * 1024 };

function openQueue(settings: SqsSettings, http: HttpClient): Connection {
  const { url, region = regionIn(url), endpoint = new URL(url).origin } = settings;
  const service = openAws({ ...settings, region, endpoint }, 'sqs', http);
  return stateful((deliveries, signal) => {
    const entries = deliveries.map((delivery, n) => entryOf(settings, delivery, n));
    return sendChunks(chunksOf(entries, LIMITS, bytesOf), async (chunk) => {
      const input = JSON.stringify({ QueueUrl: url, Entries: chunk });
      const answer = await service.call('AmazonSQS.SendMessageBatch', input, signal, '1.0');
      return resultOf(answer, chunk);
    });
  });
}

/** With room for what stands beside the body. */
function bytesOf({ MessageBody }: Entry): number {
  return Buffer.byteLength(MessageBody) + 256;
}

/** The answer says of each message whether the queue has it. */
function resultOf(answer: HttpAnswer, entries: readonly Entry[]): SendResult {
  const result = awsResult(answer);
  if (result.outcome !== 'delivered') return result;
  const { Successful = [], Failed = [] } = objectIn(answer);
  const taken = new Set(idsIn(Successful).keys());
  const refused = idsIn(Failed);
  if (!entries.every(({ Id }) => taken.has(Id) || refused.has(Id))) {
    return foreignAnswer(answer, 'SQS answers for each message');
  }
  return combined(
    entries.map(({ Id }) => {
      if (taken.has(Id)) return { outcome: 'delivered' };
      const { Code, Message, SenderFault } = refused.get(Id) ?? {};
      return itemResult({ code: Code, message: Message, isSenders: SenderFault === true });
    }),
  );
}

function idsIn(list: unknown): ReadonlyMap<unknown, Readonly<Record<string, unknown>>> {
  const items = Array.isArray(list) ? (list as Record<string, unknown>[]) : [];
  return new Map(items.map((item) => [item['Id'], item]));
}
