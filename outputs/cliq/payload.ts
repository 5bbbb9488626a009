import type { Alert, Priority } from '../../src/alert.ts';
import { lateText, lines } from '../../src/output/chat-digest.ts';
import { boundedFacts, type FactsForm } from '../../src/output/chat-facts.ts';
import { chatMessage, type Markup } from '../../src/output/chat-message.ts';
import {
  defuseWithin,
  footerText,
  outputText,
  quietWithoutLinks,
  templateText,
} from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { truncate } from '../../src/output/format.ts';
import type { CliqSettings } from './settings.ts';

/**
 * What is posted to a channel; keys are Falcosidekick's.
 *
 * @see https://www.zoho.com/cliq/help/restapi/v2/messageformat/
 */
export interface CliqMessage {
  readonly text: string;
  readonly bot: { readonly name: string; readonly image?: string };
  readonly slides?: readonly Slide[];
}

export type Slide =
  | { readonly type: 'text'; readonly data: string }
  | {
      readonly type: 'table';
      readonly data: { readonly headers: readonly string[]; readonly rows: readonly Row[] };
    };

interface Row {
  readonly field: string;
  readonly value: string;
}

/** Zoho documents no numbers; a text of this length is known to be taken. */
const TEXT_CHARS_MAX = 4000;

const FACTS: FactsForm = {
  defuse: quietWithoutLinks,
  before: ['rule', 'priority', 'hostname'],
  after: ['time'],
  fieldsMax: 50,
  titleMax: 200,
  valueMax: 1000,
  sizeMax: 8000,
};

const MANY: Markup = {
  defuse: quietWithoutLinks,
  strong: (safe) => `*${safe}*`,
  sizeMax: TEXT_CHARS_MAX,
};

/** One message for one alert, or for many when they have been waiting. */
export function cliqMessage(settings: CliqSettings, deliveries: readonly Delivery[]): CliqMessage {
  const { username, iconUrl } = settings;
  const bot = { name: username, ...(iconUrl !== undefined && { image: iconUrl }) };
  if (deliveries.length > 1) return { text: chatMessage(MANY, settings, deliveries), bot };
  const [{ alert, ...delivery }] = deliveries as [Delivery];
  const { outputFormat } = settings;
  const output = defuseWithin(quietWithoutLinks, outputText(alert), TEXT_CHARS_MAX - 100);
  const above = templateText(settings, alert, quietWithoutLinks);
  const mark = settings.emoji ? `${EMOJIS[alert.priority]} ` : '';
  const text = truncate(mark + lines(lateText(delivery), above || output), TEXT_CHARS_MAX);
  const isLine = above !== '' && outputFormat !== 'fields';
  const slides: Slide[] = [
    ...(isLine ? [{ type: 'text', data: output } as const] : []),
    ...(outputFormat === 'text' ? [] : [table(settings, alert)]),
  ];
  return { text, bot, ...(slides.length > 0 && { slides }) };
}

function table(settings: CliqSettings, alert: Alert): Slide {
  const rows = boundedFacts(FACTS, alert).map(({ title, value }) => ({ field: title, value }));
  const footer = footerText(settings, alert);
  if (footer !== '') rows.push({ field: 'uuid', value: footer });
  return { type: 'table', data: { headers: ['field', 'value'], rows } };
}

/** Falcosidekick's. */
const EMOJIS: Readonly<Record<Priority, string>> = {
  emergency: '\u{1f6a8}',
  alert: '\u{1f7e0}',
  critical: '\u{1f7e0}',
  error: '\u{1f6a8}',
  warning: '\u{1f7e1}',
  notice: '\u{1f535}',
  informational: '\u{1f7e2}',
  debug: '\u26aa',
};
