import { objectIn } from '../../src/output/answer.ts';
import {
  MESSAGES_LANE,
  REQUEST_LIMITS,
  resultOfMessages,
  type Told,
} from '../../src/output/aws-messages.ts';
import { openAws, regionIn } from '../../src/output/aws.ts';
import { chunksOf, sendChunks } from '../../src/output/chunks.ts';
import { type Connection, defineOutput } from '../../src/output/define.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { type Entry, entryOf } from './payload.ts';
import { mistakesIn, schema, type SqsSettings } from './settings.ts';

export default defineOutput({
  id: 'awssqs',
  title: 'Amazon SQS',
  category: 'queue',
  summary: 'Sends alerts to a queue of Amazon SQS, standard or FIFO, ten in one request.',
  schema,
  example: { url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/falco-alerts' },
  ...MESSAGES_LANE,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openQueue(settings, http)),
});

function openQueue(settings: SqsSettings, http: HttpClient): Connection {
  const { url, region = regionIn(url), endpoint = new URL(url).origin } = settings;
  const service = openAws({ ...settings, region, endpoint }, 'sqs', http);
  return stateful((deliveries, signal) => {
    const entries = deliveries.map((delivery, n) => entryOf(settings, delivery, n));
    return sendChunks(chunksOf(entries, REQUEST_LIMITS, bytesOf), async (chunk) => {
      const input = JSON.stringify({ QueueUrl: url, Entries: chunk });
      const answer = await service.call('AmazonSQS.SendMessageBatch', input, signal, '1.0');
      const ids = chunk.map(({ Id }) => Id);
      return resultOfMessages(answer, ids, told, 'SQS');
    });
  });
}

/** With room for what stands beside the body. */
function bytesOf({ MessageBody }: Entry): number {
  return Buffer.byteLength(MessageBody) + 256;
}

function told(answer: HttpAnswer): Told {
  const { Successful, Failed } = objectIn(answer);
  const refused = itemsIn(Failed).map(({ Id, Code, Message, SenderFault }) => {
    const failure = { code: Code, message: Message, isSenders: SenderFault === true };
    return [Id, failure] as const;
  });
  return { taken: new Set(itemsIn(Successful).map(({ Id }) => Id)), refused: new Map(refused) };
}

function itemsIn(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(list) ? (list as Record<string, unknown>[]) : [];
}
