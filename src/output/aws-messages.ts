import { hash } from 'node:crypto';
import { foreignAnswer } from './answer.ts';
import { awsResult, type ItemFailure, itemResult } from './aws-answer.ts';
import type { Delivery, SendResult } from './define.ts';
import type { HttpAnswer } from './http.ts';
import { template } from './settings.ts';
import { rendered } from './text-template.ts';
import { combined } from './verdicts.ts';

/** What queues (SQS) and topics (SNS) of AWS have in common. */

/** How alerts go to them. */
export const MESSAGES_LANE = {
  batch: { alertsMax: 10, bytesMax: 200 * 1024, waitMs: 50 },
  concurrency: 4,
} as const;

/** What one request may have. */
export const REQUEST_LIMITS = { itemsMax: 10, bytesMax: 256 * 1024 };

/** What an answer says of messages, by their ids. */
export interface Told {
  readonly taken: ReadonlySet<unknown>;
  readonly refused: ReadonlyMap<unknown, ItemFailure>;
}

/**
 * What the answer says of each message of a request.
 *
 * @param read Looks for it in an answer of success.
 * @param who Answers for each message.
 */
export function resultOfMessages(
  answer: HttpAnswer,
  ids: readonly string[],
  read: (answer: HttpAnswer) => Told,
  who: string,
): SendResult {
  const result = awsResult(answer);
  if (result.outcome !== 'delivered') return result;
  const { taken, refused } = read(answer);
  if (!ids.every((id) => taken.has(id) || refused.has(id))) {
    return foreignAnswer(answer, `${who} answers for each message`);
  }
  return combined(
    ids.map((id) => {
      const failure = refused.get(id);
      return failure === undefined ? result : itemResult(failure);
    }),
  );
}

export const groupSetting = template({
  description:
    'Of FIFO: message group, as a Go template over the alert. What is in one group stays in its order.',
  default: 'tocsin',
});

/** What FIFO queues and topics of AWS want of a message; nothing for others. */
export interface FifoMembers {
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/**
 * @param name URL or ARN of the queue or topic.
 * @param group A Go template.
 */
export function fifoMembers(name: string, group: string, { alert, key }: Delivery): FifoMembers {
  if (!name.endsWith('.fifo')) return {};
  return { MessageGroupId: groupId(rendered(group, alert)), MessageDeduplicationId: key };
}

/** At most 128 letters, digits and punctuation of ASCII. Two that differ must not become one. */
function groupId(text: string): string {
  if (/^[!-~]{1,128}$/.test(text)) return text;
  return text === '' ? 'tocsin' : hash('sha256', text, 'hex');
}
