import { mailKey, mailOf } from '../../src/output/mail/mail.ts';
import { domainOf, type Mailbox, mailboxOf } from '../../src/output/mail/mailbox.ts';
import type { Letter } from '../../src/output/smtp/client.ts';
import type { Group } from '../../src/output/smtp/owed.ts';
import type { SmtpSettings } from './settings.ts';

/** The mail that a group of alerts becomes. */
export function letterOf(
  settings: SmtpSettings,
  { deliveries, to }: Group,
  notes: readonly string[],
): Letter {
  const from = mailbox(settings.from);
  return {
    ...mailOf(settings, deliveries, notes),
    from,
    to: settings.to.map(mailbox),
    recipients: to,
    messageId: `<${mailKey(deliveries)}@${domainOf(from.address)}>`,
  };
}

/** Checked when the configuration was loaded. */
export function mailbox(text: string): Mailbox {
  return mailboxOf(text) as Mailbox;
}
