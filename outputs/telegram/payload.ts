import { type Alert, priorityTitle } from '../../src/alert.ts';
import { lateText } from '../../src/output/chat-digest.ts';
import { allFields, fittingRows } from '../../src/output/chat-facts.ts';
import { chatMessage, type Markup } from '../../src/output/chat-message.ts';
import { defuseWithin, footerText } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine } from '../../src/output/format.ts';
import { goTimeText } from '../../src/template/index.ts';
import type { TelegramSettings } from './settings.ts';

/**
 * What is posted; keys are Falcosidekick's.
 *
 * @see https://core.telegram.org/bots/api#sendmessage
 */
export interface TelegramMessage {
  readonly text: string;
  readonly parse_mode: 'MarkdownV2';
  readonly disable_web_page_preview: true;
  readonly chat_id: string;
  readonly message_thread_id?: string;
}

/** Telegram counts 4096 without the markup; here with it. */
const TEXT_CHARS_MAX = 4096;

const MARKDOWN: Markup = {
  defuse: escape,
  strong: (safe) => `*${safe}*`,
  row: (title, value) => `• *${title}*: ${value}`,
  own: escape,
  sizeMax: TEXT_CHARS_MAX,
};

/** One message for one alert, or for many when they have been waiting. */
export function telegramMessage(
  settings: TelegramSettings,
  deliveries: readonly Delivery[],
): TelegramMessage {
  const { chatId, messageThreadId } = settings;
  const isSidekick = settings.layout === 'falcosidekick' && deliveries.length === 1;
  const [first] = deliveries as [Delivery];
  return {
    text: isSidekick ? sidekickText(settings, first) : chatMessage(MARKDOWN, settings, deliveries),
    parse_mode: 'MarkdownV2',
    disable_web_page_preview: true,
    chat_id: chatId,
    ...(messageThreadId !== undefined && { message_thread_id: messageThreadId }),
  };
}

/**
 * Text that MarkdownV2 shows as it is. A name behind `@` would be notified all the same.
 *
 * @see https://core.telegram.org/bots/api#markdownv2-style
 */
function escape(text: string): string {
  return oneLine(text)
    .replaceAll('@', '\uff20')
    .replaceAll(/[\\_*[\]()~`>#+\-=|{}.!]/g, '\\$&');
}

const OUTPUT_CHARS_MAX = 1500;
const FIELDS_CHARS_MAX = 1200;

/** In Falcosidekick's order, all fields included. */
function sidekickText(settings: TelegramSettings, delivery: Delivery): string {
  const { alert } = delivery;
  const footer = [lateText(delivery), footerText(settings, alert)].filter((line) => line !== '');
  const tags = alert.tags.map((tag) => `${tag} `).join('');
  return [
    `*\\[Falco\\] \\[${priorityTitle(alert.priority)}\\] ${within(alert.rule, 300)}*`,
    '',
    `• *Time*: ${escape(goTimeText(alert.time))}`,
    `• *Source*: ${within(alert.source, 100)}`,
    `• *Hostname*: ${within(alert.hostname, 250)}`,
    `• *Tags*: ${within(tags, 250)}`,
    '• *Fields*:',
    ...fieldLines(alert),
    '',
    '',
    `**Output**: ${within(alert.output, OUTPUT_CHARS_MAX)}`,
    ...footer.map((line) => escape(line)),
    '',
  ].join('\n');
}

function fieldLines(alert: Alert): string[] {
  return fittingRows(allFields(alert), {
    row: (title, value) => `\t  • *${within(title, 200)}*: ${within(value, 500)}`,
    sizeMax: FIELDS_CHARS_MAX,
    sizeOf: (text) => text.length + 1,
  });
}

function within(text: string, charsMax: number): string {
  return defuseWithin(escape, text, charsMax);
}
