import { hash } from 'node:crypto';
import { chatMessage, type Markup, PLAIN_TEXT } from '../../src/output/chat-message.ts';
import { escapeHtml, jsonBytesOf, quietWithoutLinks } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { MatrixSettings } from './settings.ts';

/**
 * The content of an `m.room.message` event.
 *
 * @see https://spec.matrix.org/v1.11/client-server-api/#mroommessage-msgtypes
 */
export interface MatrixMessage {
  readonly msgtype: 'm.text' | 'm.notice';
  readonly body: string;
  readonly format: 'org.matrix.custom.html';
  readonly formatted_body: string;
  /** Nobody. Without this, clients look for names in the body. */
  readonly 'm.mentions': Record<string, never>;
}

/** An event has 65,536 bytes at most, with what servers add to it; ours are bytes of JSON. */
const TEXT_SIZE_MAX = 24_000;

const BODY: Markup = { ...PLAIN_TEXT, sizeMax: TEXT_SIZE_MAX };

const HTML: Markup = {
  defuse: (text) => escapeHtml(quietWithoutLinks(text)),
  strong: (safe) => `<strong>${safe}</strong>`,
  row: (title, value) => `• <em>${title}</em>: ${value}`,
  own: escapeHtml,
  newline: '<br>',
  sizeOf: jsonBytesOf,
  sizeMax: TEXT_SIZE_MAX,
};

/** One message for one alert, or for many when they have been waiting. */
export function matrixMessage(
  settings: MatrixSettings,
  deliveries: readonly Delivery[],
): MatrixMessage {
  return {
    msgtype: settings.notice ? 'm.notice' : 'm.text',
    body: chatMessage(BODY, settings, deliveries),
    format: 'org.matrix.custom.html',
    formatted_body: chatMessage(HTML, settings, deliveries),
    'm.mentions': {},
  };
}

/** The same for a resend of the same alerts: the homeserver takes a transaction once. */
export function transactionId(deliveries: readonly Delivery[]): string {
  return hash('sha256', deliveries.map(({ key }) => key).join(' '), 'hex');
}
