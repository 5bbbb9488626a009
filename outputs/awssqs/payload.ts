import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { type FifoMembers, fifoMembers } from '../../src/output/aws-messages.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { SqsSettings } from './settings.ts';

/** One message of a batch. */
export interface Entry extends FifoMembers {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageAttributes: Readonly<Record<string, object>>;
}

/** A message may have 256 KiB with its attributes. */
const BODY_BYTES_MAX = 255 * 1024;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export function entryOf(
  { url, group, format }: Pick<SqsSettings, 'url' | 'group' | 'format'>,
  delivery: Delivery,
  n: number,
): Entry {
  return {
    Id: String(n),
    MessageBody: fitted(delivery, BODY_BYTES_MAX, (one) => allowed(alertDocument(one, format))),
    MessageAttributes: { delivery_key: { DataType: 'String', StringValue: delivery.key } },
    ...fifoMembers(url, group, delivery),
  };
}

/** SQS refuses the two characters that XML has not; in JSON they can be written otherwise. */
function allowed(json: string): string {
  return json.replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}
