import { Type } from 'typebox';
import { alertDocument, type AlertFormat, alertFormat } from './alert-document.ts';
import { foreignAnswer, objectIn } from './answer.ts';
import { awsResult, itemResult } from './aws-answer.ts';
import type { AwsService } from './aws.ts';
import { chunksOf, sendChunks } from './chunks.ts';
import type { Connection, Delivery, SendResult, SingleResult } from './define.ts';
import { truncate } from './format.ts';
import type { HttpAnswer } from './http.ts';
import { fitted } from './rewrite.ts';
import { template } from './settings.ts';
import { stateful } from './stateful.ts';
import { rendered } from './text-template.ts';
import { combined } from './verdicts.ts';

/** Kinesis Data Streams, and Yandex Data Streams, which speaks like it. */

export const streamSettings = {
  partitionKey: Type.Optional(
    template({
      description:
        'Partition key, as a Go template over the alert: what has the same key goes to the same shard, in its order. Default: the delivery key, which spreads alerts evenly.',
    }),
  ),
  format: alertFormat,
};

export interface StreamSettings {
  readonly partitionKey?: string | undefined;
  readonly format: AlertFormat;
}

export const STREAM_BATCH = { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 100 };

/** A record may have 1 MiB with its key (docs.aws.amazon.com/streams, Quotas and limits). */
const RECORD_BYTES_MAX = 1024 * 1024 - 1024;
const KEY_CHARS_MAX = 256;

/** What one request may have: base64 does not count. */
const LIMITS = { itemsMax: 500, bytesMax: 4_500_000 };

/** @param name Name of the stream, or what the service takes for it. */
export function openStream(
  service: AwsService,
  name: string,
  settings: StreamSettings,
): Connection {
  return stateful((deliveries, signal) => {
    const records = deliveries.map((delivery) => recordOf(settings, delivery));
    const chunks = chunksOf(records, LIMITS, ({ Data }) => (Data.length * 3) / 4);
    return sendChunks(chunks, async (chunk) => {
      const input = JSON.stringify({ StreamName: name, Records: chunk });
      const answer = await service.call('Kinesis_20131202.PutRecords', input, signal);
      return resultOf(answer, chunk.length);
    });
  });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export function recordOf({ partitionKey, format }: StreamSettings, delivery: Delivery) {
  const text = fitted(delivery, RECORD_BYTES_MAX, (one) => alertDocument(one, format));
  const key = partitionKey === undefined ? '' : rendered(partitionKey, delivery.alert);
  return {
    Data: Buffer.from(text).toString('base64'),
    PartitionKey: truncate(key || delivery.key, KEY_CHARS_MAX),
  };
}

/** A shard that has enough refuses some records and takes the others. */
function resultOf(answer: HttpAnswer, count: number): SendResult {
  const result = awsResult(answer);
  if (result.outcome !== 'delivered') return result;
  const { Records: records } = objectIn(answer);
  if (!Array.isArray(records) || records.length !== count) {
    return foreignAnswer(answer, 'the service answers for each record');
  }
  return combined(records.map(resultOfRecord));
}

function resultOfRecord(record: unknown): SingleResult {
  const { SequenceNumber, ErrorCode, ErrorMessage } = (record ?? {}) as Record<string, unknown>;
  if (typeof SequenceNumber === 'string') return { outcome: 'delivered' };
  return itemResult({ code: ErrorCode, message: ErrorMessage, isSenders: false });
}
