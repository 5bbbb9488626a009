import { createHmac } from 'node:crypto';
import { chatMessage, MARKDOWN, type Markup } from '../../src/output/chat-message.ts';
import { defuseWithin, jsonBytesOf, quietWithoutLinks } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { titleOf } from '../../src/output/details.ts';
import type { DingtalkSettings } from './settings.ts';

/**
 * What is posted to a custom robot.
 *
 * @see https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
 */
export interface DingtalkMessage {
  readonly msgtype: 'markdown';
  readonly markdown: {
    /** What the list of conversations shows. */
    readonly title: string;
    readonly text: string;
  };
}

/** DingTalk takes 20,000 bytes a request; ours are bytes of JSON. */
const TEXT_SIZE_MAX = 18_000;
const TITLE_CHARS_MAX = 100;

const MARKUP: Markup = {
  ...MARKDOWN,
  newline: '  \n',
  sizeOf: jsonBytesOf,
  sizeMax: TEXT_SIZE_MAX,
};

/** One message for one alert, or for many when they have been waiting. */
export function dingtalkMessage(
  settings: DingtalkSettings,
  deliveries: readonly Delivery[],
): DingtalkMessage {
  const [{ alert }] = deliveries as [Delivery];
  const title =
    deliveries.length > 1
      ? `Tocsin: ${deliveries.length} in one message`
      : defuseWithin(quietWithoutLinks, titleOf(alert, TITLE_CHARS_MAX), TITLE_CHARS_MAX);
  const text = chatMessage(MARKUP, settings, deliveries).trimStart();
  return { msgtype: 'markdown', markdown: { title, text } };
}

/**
 * The URL with a signature, where the robot wants one.
 *
 * @param nowMs A signature holds for an hour.
 */
export function signedUrl({ webhookUrl, secret }: DingtalkSettings, nowMs: number): string {
  if (secret === undefined) return webhookUrl;
  const url = new URL(webhookUrl);
  const sign = createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
  url.searchParams.set('timestamp', String(nowMs));
  url.searchParams.set('sign', sign);
  return url.href;
}
