import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceValues } from '../services/service.ts';
import { eventually } from './eventually.ts';
import { headerOf, parseMail, shownText } from './mail.ts';

/** What a real Postfix has delivered. */

export interface ReadMail {
  readonly for: string;
  /** How Postfix got it. */
  readonly protocol: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mails that came since the last look that found some. */
export interface Mailbox {
  take(count: number): Promise<ReadMail[]>;
}

export function createMailbox({ SMTP_MAILDIR = '' }: ServiceValues): Mailbox {
  const seen = new Set<string>();
  const folder = join(SMTP_MAILDIR, 'new');
  const fresh = (): string[] => {
    try {
      return readdirSync(folder).filter((name) => !seen.has(name));
    } catch {
      return [];
    }
  };
  return {
    async take(count) {
      await eventually(`${count} mails are there`, () => fresh().length >= count);
      const names = fresh();
      for (const name of names) seen.add(name);
      return names.map((name) => readMail(readFileSync(join(folder, name), 'utf8')));
    },
  };
}

function readMail(data: string): ReadMail {
  const mail = parseMail(data.replaceAll('\n', '\r\n'));
  return {
    for: headerOf(mail, 'x-original-to'),
    protocol: / with (\w+) /.exec(headerOf(mail, 'received'))?.[1] ?? '',
    messageId: headerOf(mail, 'message-id'),
    subject: headerOf(mail, 'subject'),
    text: mail.text,
    html: shownText(mail.html ?? ''),
  };
}

/** Where it takes mail, and how the connection is encrypted. */
export function hostsOf({ SMTP_PLAIN_PORT, SMTP_STARTTLS_PORT, SMTP_TLS_PORT }: ServiceValues) {
  return [
    { host: `localhost:${SMTP_PLAIN_PORT}`, encryption: 'starttls' },
    { host: `localhost:${SMTP_STARTTLS_PORT}`, encryption: 'starttls' },
    { host: `localhost:${SMTP_TLS_PORT}`, encryption: 'implicit' },
  ] as const;
}
