import type { Delivery } from '../../src/output/define.ts';
import { fillTokens, placeholderMistake, withoutPlaceholders } from '../../src/output/tokens.ts';
import type { NatsMessage } from '../../src/output/nats/wire.ts';
import type { NatsSettings } from './settings.ts';

/** What is published of an alert: it as it is in the queue, every digit kept. */
export function messageOf(
  { subject, stream }: Pick<NatsSettings, 'subject' | 'stream'>,
  { alert, json, key }: Delivery,
): NatsMessage {
  return {
    subject: fillTokens(subject, alert),
    headers: {
      'Nats-Msg-Id': key,
      ...(stream !== undefined && { 'Nats-Expected-Stream': stream }),
    },
    data: json,
  };
}

/** What is wrong with a template of a subject; undefined for nothing. */
export function subjectMistake(template: string): string | undefined {
  if (template.startsWith('$')) return 'begins with $, which belongs to the server';
  const tokens = withoutPlaceholders(template).split('.');
  const isSubject = tokens.every((token) => /^[^\s*>\p{Cc}]+$/u.test(token));
  if (!isSubject) return 'is no subject: tokens between dots, without blanks, * and >';
  return placeholderMistake(template);
}
