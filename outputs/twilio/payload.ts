import { priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { summaryOf } from '../../src/output/details.ts';
import { oneLine } from '../../src/output/format.ts';
import { withoutLinks } from '../../src/output/push-text.ts';
import type { TwilioSettings } from './settings.ts';

/**
 * The form that is posted for one alert.
 *
 * @see https://www.twilio.com/docs/messaging/api/message-resource#create-a-message
 */
export function twilioForm(settings: TwilioSettings, delivery: Delivery): URLSearchParams {
  const { to, from, messagingServiceSid, charsMax } = settings;
  return new URLSearchParams({
    To: to,
    ...(from !== undefined && { From: from }),
    ...(messagingServiceSid !== undefined && { MessagingServiceSid: messagingServiceSid }),
    Body: smsText(delivery, charsMax),
  });
}

/** `[Critical] host: output line (uuid)`; the line is cut so that the uuid has room. */
function smsText(delivery: Delivery, charsMax: number): string {
  const { priority, hostname, uuid } = delivery.alert;
  const host = hostname === '' ? '' : ` ${oneLine(hostname)}:`;
  const text = `[${priorityTitle(priority)}]${host} ${summaryOf(delivery, charsMax)}`;
  const below = ` (${uuid})`;
  return cut(withoutLinks(text, text.length * 2), charsMax - below.length) + below;
}

/** With three dots: one `…` makes an SMS have 70 characters instead of 160. */
function cut(text: string, charsMax: number): string {
  const plain = text.replaceAll('…', '...');
  if (plain.length <= charsMax) return plain;
  return `${plain.slice(0, charsMax - 3).replace(/[\ud800-\udbff]$/, '')}...`;
}
