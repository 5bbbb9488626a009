import type { Alert } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { NatsSettings } from './settings.ts';

/** What is published of an alert. */
export interface NatsMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The alert as it is in the queue, every digit kept. */
  readonly data: string;
}

export function messageOf(
  { subject, stream }: Pick<NatsSettings, 'subject' | 'stream'>,
  { alert, json, key }: Delivery,
): NatsMessage {
  return {
    subject: subjectOf(subject, alert),
    headers: {
      'Nats-Msg-Id': key,
      ...(stream !== undefined && { 'Nats-Expected-Stream': stream }),
    },
    data: json,
  };
}

const PLACEHOLDER = /<([a-z]+)>/g;

const PARTS: Readonly<Record<string, (alert: Alert) => string>> = {
  priority: ({ priority }) => priority,
  rule: ({ rule }) => rule,
  source: ({ source }) => source,
  hostname: ({ hostname }) => hostname,
};

/**
 * The subject of an alert. What comes out of the alert is made one token of it: a dot would add a level,
 * and `*` or `>` mean others.
 */
export function subjectOf(template: string, alert: Alert): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => tokenOf(PARTS[name]?.(alert) ?? ''));
}

/** As Falcosidekick writes it; a token cannot be empty. */
function tokenOf(text: string): string {
  const token = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return token === '' ? '_' : token;
}

/** What is wrong with a template of a subject; undefined for nothing. */
export function subjectMistake(template: string): string | undefined {
  const unknown = [...template.matchAll(PLACEHOLDER)].find(([, name = '']) => !(name in PARTS));
  if (unknown !== undefined) return `has no ${unknown[0]}: there are <${NAMES.join('>, <')}>`;
  const tokens = template.replaceAll(PLACEHOLDER, 'x').split('.');
  if (template.startsWith('$')) return 'begins with $, which belongs to the server';
  const isSubject = tokens.every((token) => /^[^\s*>\p{Cc}]+$/u.test(token));
  return isSubject ? undefined : 'is no subject: tokens between dots, without blanks, * and >';
}

const NAMES = Object.keys(PARTS);
