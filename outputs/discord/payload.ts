import type { Alert, Priority } from '../../src/alert.ts';
import { digestOf, lateText, lines } from '../../src/output/chat-digest.ts';
import { boundedFacts, type FactsForm } from '../../src/output/chat-facts.ts';
import {
  defuseWithin,
  footerText,
  outputText,
  quiet,
  templateText,
} from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { titleOf } from '../../src/output/details.ts';
import { truncate } from '../../src/output/format.ts';
import type { DiscordSettings } from './settings.ts';

/**
 * What is posted to a webhook; keys and values are Falcosidekick's.
 *
 * @see https://discord.com/developers/docs/resources/webhook#execute-webhook
 */
export interface DiscordMessage {
  readonly content: string;
  readonly username?: string;
  readonly avatar_url?: string;
  readonly embeds: readonly DiscordEmbed[];
  /** Without this, Discord looks for mentions in the content. */
  readonly allowed_mentions?: { readonly parse: readonly string[] };
}

export interface DiscordEmbed {
  readonly title: string;
  readonly url: '';
  readonly description: string;
  /** Discord takes the number as text, too. */
  readonly color: string;
  readonly fields: readonly DiscordField[];
  readonly footer?: { readonly text: string };
}

interface DiscordField {
  readonly name: string;
  readonly value: string;
  readonly inline: true;
}

/** Discord's: 2000 characters, 25 fields an embed, 6000 characters in all embeds together. */
const CONTENT_CHARS_MAX = 2000;
const EMBEDS_CHARS_MAX = 6000;
const TITLE_CHARS_MAX = 150;
const DESCRIPTION_CHARS_MAX = 1900;
const SHORT_DESCRIPTION_CHARS_MAX = 300;

const OUTER: FactsForm = {
  defuse: quiet,
  before: ['rule', 'priority', 'source', 'hostname'],
  after: ['tags', 'time'],
  fieldsMax: 19,
  titleMax: 200,
  valueMax: 512,
  sizeMax: 2000,
};

/** One message for one alert, or for many when they have been waiting. */
export function discordMessage(
  settings: DiscordSettings,
  deliveries: readonly Delivery[],
): DiscordMessage {
  const { username, iconUrl, mentions } = settings;
  const { parts, headline } = digestOf(deliveries, {
    shownMax: settings.shownMax,
    sizeMax: EMBEDS_CHARS_MAX,
    partOf: (delivery, many) => (many ? shortEmbed : embed)(settings, delivery),
    sizeOf: embedChars,
  });
  const [first] = deliveries as [Delivery];
  const content = headline || templateText(settings, first.alert, quiet);
  return {
    content: truncate(content, CONTENT_CHARS_MAX),
    ...(username !== undefined && { username }),
    ...(iconUrl !== undefined && { avatar_url: iconUrl }),
    embeds: parts,
    ...(!mentions && { allowed_mentions: { parse: [] } }),
  };
}

function embed(settings: DiscordSettings, delivery: Delivery): DiscordEmbed {
  const { alert } = delivery;
  const { outputFormat } = settings;
  const output = defuseWithin(quiet, outputText(alert), DESCRIPTION_CHARS_MAX);
  return {
    ...frame(settings, alert),
    description: lines(lateText(delivery), outputFormat === 'fields' ? '' : output),
    fields: outputFormat === 'text' ? [] : fields(alert),
  };
}

/** Without the table, so that many fit. */
function shortEmbed(settings: DiscordSettings, delivery: Delivery): DiscordEmbed {
  const { alert } = delivery;
  const output = defuseWithin(quiet, outputText(alert), SHORT_DESCRIPTION_CHARS_MAX);
  return {
    ...frame(settings, alert),
    title: defuseWithin(quiet, titleOf(alert, TITLE_CHARS_MAX), TITLE_CHARS_MAX),
    description: lines(lateText(delivery), output),
  };
}

function frame(settings: DiscordSettings, alert: Alert): DiscordEmbed {
  const text = footerText(settings, alert);
  return {
    title: '',
    url: '',
    description: '',
    color: String(COLOURS[alert.priority]),
    fields: [],
    ...(text !== '' && { footer: { text } }),
  };
}

/** Values of fields stand in code blocks, which a backtick would end: `quiet` replaces those. */
function fields(alert: Alert): DiscordField[] {
  const names = new Set<string>([...OUTER.before, ...OUTER.after, '…']);
  return boundedFacts(OUTER, alert).map(({ title, value }) => ({
    name: title,
    value: names.has(title) ? value : `\`\`\`${value}\`\`\``,
    inline: true,
  }));
}

function embedChars({ title, description, fields, footer }: DiscordEmbed): number {
  const texts = fields.map(({ name, value }) => name + value);
  return [title, description, footer?.text ?? '', ...texts].join('').length;
}

/** Falcosidekick's. */
const COLOURS: Readonly<Record<Priority, number>> = {
  emergency: 15_158_332,
  alert: 11_027_200,
  critical: 15_105_570,
  error: 15_844_367,
  warning: 12_745_742,
  notice: 3_066_993,
  informational: 3_447_003,
  debug: 12_370_112,
};
