import { type Alert, priorityTitle, severityOf } from '../../src/alert.ts';
import { alertToJson } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';
import { boundedTexts, titleOf } from '../../src/output/details.ts';
import { type Fact, fittingFields } from '../../src/output/fields.ts';
import { ageText, oneLine, truncate } from '../../src/output/format.ts';
import { escapeMarkdown } from '../../src/output/markdown.ts';
import { loudnessOf } from '../../src/output/resolution.ts';
import { rendered } from '../../src/output/text-template.ts';
import { goTimeText } from '../../src/template/index.ts';
import type { GotifySettings } from './settings.ts';

/**
 * What is posted for one alert.
 *
 * @see https://gotify.net/api-docs#/message/createMessage
 * @see https://gotify.net/docs/msgextras
 */
export interface GotifyMessage {
  readonly title: string;
  /** 1 for Debug to 8 for Emergency; the Android app makes a sound from 4 on. */
  readonly priority: number;
  readonly message: string;
  readonly extras: { readonly 'client::display': { readonly contentType: string } };
}

/** Ours: MySQL keeps 64 KiB of a message. */
const MESSAGE_BYTES_MAX = 60_000;
const OUTPUT_CHARS_MAX = 4000;
const FIELDS_CHARS_MAX = 12_000;
const TITLE_CHARS_MAX = 250;

export function gotifyMessage(settings: GotifySettings, delivery: Delivery): GotifyMessage {
  const { alert } = delivery;
  return {
    title: truncate(
      rendered(settings.title, alert) || titleOf(alert, TITLE_CHARS_MAX),
      TITLE_CHARS_MAX,
    ),
    priority: 8 - severityOf(loudnessOf(alert)),
    message: WRITERS[settings.format](settings, delivery),
    extras: { 'client::display': { contentType: contentTypeOf(settings) } },
  };
}

function contentTypeOf({ format, facts }: GotifySettings): string {
  if (facts === 'falcosidekick') return format === 'markdown' ? 'markdown' : 'plaintext';
  return format === 'markdown' ? 'text/markdown' : 'text/plain';
}

type Writer = (settings: GotifySettings, delivery: Delivery) => string;

const WRITERS: Readonly<Record<GotifySettings['format'], Writer>> = {
  markdown(settings, delivery) {
    const shown = contentTypeOf(settings) === 'text/markdown' ? escapeMarkdown : oneLine;
    const facts = factsOf(settings, delivery).map(
      ({ title, value }) => `- **${title}**: ${shown(value)}\n`,
    );
    const fields = fieldsOf(delivery.alert).map(
      ({ title, value }) => `\t- **${shown(title)}**: ${shown(value)}\n`,
    );
    return `${facts.join('')}- **Fields**:\n${fields.join('')}`;
  },
  plaintext(settings, delivery) {
    const facts = factsOf(settings, delivery).map(({ title, value }) => `${title}: ${value}\n`);
    const fields = fieldsOf(delivery.alert).map(({ title, value }) => `- ${title}: ${value}\n`);
    return `${facts.join('')}Fields:\n${fields.join('')}`;
  },
  json: (_settings, { alert, json }) =>
    Buffer.byteLength(json) <= MESSAGE_BYTES_MAX ? json : cutJson(alert),
};

function factsOf({ facts }: GotifySettings, { alert, lateMs }: Delivery): Fact[] {
  const isAll = facts === 'all';
  const named = {
    ...(lateMs !== undefined && { Late: ageText(lateMs) }),
    Priority: priorityTitle(alert.priority),
    Rule: alert.rule,
    Output: truncate(alert.output, OUTPUT_CHARS_MAX),
    Source: alert.source,
    ...(isAll && alert.hostname !== '' && { Hostname: alert.hostname }),
    Tags: alert.tags.map((tag) => `${tag} `).join(''),
    Time: goTimeText(alert.time),
    ...(isAll && { Uuid: alert.uuid }),
  };
  return Object.entries(named).map(([title, value]) => ({ title, value: oneLine(value) }));
}

function fieldsOf(alert: Alert): Fact[] {
  return fittingFields(alert.fields, FIELDS_CHARS_MAX);
}

/** Still JSON: texts are cut, and what has no room is counted. */
function cutJson(alert: Alert): string {
  const fields = boundedTexts(alert.fields, FIELDS_CHARS_MAX, 1000);
  return alertToJson({ ...alert, fields, output: truncate(alert.output, OUTPUT_CHARS_MAX) });
}
