import { hash } from 'node:crypto';
import type { Delivery } from './define.ts';
import { template } from './settings.ts';
import { rendered } from './text-template.ts';

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
