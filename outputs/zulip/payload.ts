import { chatMessage, MARKDOWN, type Markup } from '../../src/output/chat-message.ts';
import { quietWithoutLinks } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { ZulipSettings } from './settings.ts';

/** Zulip takes 10,000 characters. */
const CONTENT_CHARS_MAX = 10_000;

const MARKUP: Markup = {
  ...MARKDOWN,
  // `#**channel>topic**` would be a link.
  defuse: (text) => quietWithoutLinks(text).replaceAll('#**', '#＊＊'),
  sizeMax: CONTENT_CHARS_MAX,
};

/**
 * One message for one alert, or for many when they have been waiting, as a form.
 *
 * @see https://zulip.com/api/send-message
 */
export function zulipMessage(settings: ZulipSettings, deliveries: readonly Delivery[]): string {
  const form = new URLSearchParams({
    // Servers before 9.0 know no `channel`.
    type: 'stream',
    to: settings.channel,
    topic: settings.topic,
    content: chatMessage(MARKUP, settings, deliveries).trimStart(),
  });
  return form.toString();
}
