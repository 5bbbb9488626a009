import { mailKey, mailOf } from '../../src/output/mail/mail.ts';
import { domainOf, type Mailbox, mailboxOf } from '../../src/output/mail/mailbox.ts';
import type { Group } from './owed.ts';
import type { SmtpSettings } from './settings.ts';

/** A mail with its addresses, as nodemailer takes it. */
export function wholeMail(
  settings: SmtpSettings,
  { deliveries, to }: Group,
  notes: readonly string[],
) {
  const from = mailbox(settings.from);
  return {
    ...mailOf(settings, deliveries, notes),
    from,
    to: settings.to.map(mailbox),
    envelope: { from: from.address, to: [...to] },
    messageId: `<${mailKey(deliveries)}@${domainOf(from.address)}>`,
    // RFC 3834: no reply of a machine is wanted.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** Checked when the configuration was loaded. */
export function mailbox(text: string): Mailbox {
  return mailboxOf(text) as Mailbox;
}
