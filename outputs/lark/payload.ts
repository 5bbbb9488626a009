import { createHmac } from 'node:crypto';
import { fromPriority } from '../../src/output/by-priority.ts';
import { chatMessage, type Markup, PLAIN_TEXT } from '../../src/output/chat-message.ts';
import type { Delivery } from '../../src/output/define.ts';
import { mostSevereFirst } from '../../src/output/format.ts';
import type { LarkSettings } from './settings.ts';

/**
 * What is posted to a custom bot: a card of plain texts, in which nothing is markup.
 *
 * @see https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot
 */
export interface LarkMessage {
  readonly timestamp?: string;
  readonly sign?: string;
  readonly msg_type: 'interactive';
  readonly card: {
    readonly config: { readonly wide_screen_mode: true };
    readonly header: { readonly title: PlainText; readonly template: string };
    readonly elements: readonly { readonly tag: 'div'; readonly text: PlainText }[];
  };
}

interface PlainText {
  readonly tag: 'plain_text';
  readonly content: string;
}

/** Lark takes 20 KB a request. */
const MARKUP: Markup = { ...PLAIN_TEXT, sizeMax: 16_000 };

/**
 * One message for one alert, or for many when they have been waiting.
 *
 * @param nowMs A signature holds for an hour.
 */
export function larkMessage(
  settings: LarkSettings,
  deliveries: readonly Delivery[],
  nowMs: number,
): LarkMessage {
  const [heading = '', ...lines] = chatMessage(MARKUP, settings, deliveries).split('\n');
  const [first] = mostSevereFirst(deliveries) as [Delivery];
  return {
    ...signature(settings.secret, Math.floor(nowMs / 1000)),
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: { title: plainText(heading), template: COLOURS[first.priority] },
      elements: [{ tag: 'div', text: plainText(lines.join('\n').trim() || heading) }],
    },
  };
}

function plainText(content: string): PlainText {
  return { tag: 'plain_text', content };
}

/** The key is what one would expect to be signed, and nothing is signed with it. */
function signature(secret: string | undefined, seconds: number) {
  if (secret === undefined) return {};
  const timestamp = String(seconds);
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}

/** The colours there are. */
const COLOURS = fromPriority({
  debug: 'grey',
  informational: 'blue',
  warning: 'orange',
  error: 'red',
});
