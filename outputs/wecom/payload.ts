import { chatMessage, type Markup } from '../../src/output/chat-message.ts';
import { bytesOf, quietWithoutLinks } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { WecomSettings } from './settings.ts';

/**
 * What is posted to a group robot.
 *
 * @see https://developer.work.weixin.qq.com/document/path/91770
 */
export interface WecomMessage {
  readonly msgtype: 'markdown';
  readonly markdown: { readonly content: string };
}

/** WeCom's: bytes of UTF-8. */
const CONTENT_BYTES_MAX = 4096;

const MARKDOWN: Markup = {
  defuse: quietWithoutLinks,
  strong: (safe) => `**${safe}**`,
  row: (title, value) => `> ${title}: ${value}`,
  sizeOf: bytesOf,
  sizeMax: CONTENT_BYTES_MAX,
};

/** One message for one alert, or for many when they have been waiting. */
export function wecomMessage(
  settings: WecomSettings,
  deliveries: readonly Delivery[],
): WecomMessage {
  const content = chatMessage(MARKDOWN, settings, deliveries);
  return { msgtype: 'markdown', markdown: { content } };
}
