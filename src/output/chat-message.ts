import type { Alert } from '../alert.ts';
import { digestOf, lateText } from './chat-digest.ts';
import { boundedFacts, type FactsForm, fittingRows } from './chat-facts.ts';
import type { ChatLook } from './chat-settings.ts';
import {
  type Defuse,
  defuseWithin,
  footerText,
  jsonBytesOf,
  outputText,
  quietWithoutLinks,
  templateText,
} from './chat-text.ts';
import type { Delivery } from './define.ts';
import { titleOf } from './details.ts';
import type { FactName } from './fields.ts';

/** Alerts as one text, for chats whose messages are that. */

export interface Markup {
  readonly defuse: Defuse;
  /** A heading of defused text, on one line. */
  readonly strong: (safe: string) => string;
  /** A row of the table, of defused text. Default: `- name: value`. */
  readonly row?: (title: string, value: string) => string;
  /** Makes the text of a template, or the footer, what the destination reads. Default: as it is. */
  readonly own?: (text: string) => string;
  /** What a size is. Default: UTF-16 units. */
  readonly sizeOf?: (text: string) => number;
  /** Default: a line break. */
  readonly newline?: string;
  /** Size of the whole at most. */
  readonly sizeMax: number;
}

/** For a destination in whose texts nothing is markup, and which counts bytes of JSON. */
export const PLAIN_TEXT = {
  defuse: quietWithoutLinks,
  strong: (safe: string): string => safe,
  sizeOf: jsonBytesOf,
};

/** For one that reads Markdown. */
export const MARKDOWN = {
  defuse: quietWithoutLinks,
  strong: (safe: string): string => `**${safe}**`,
  // A paragraph of its own: behind a list it would belong to the last row.
  own: (text: string): string => (text === '' ? '' : `\n${text}`),
};

export interface MessageLook extends Omit<ChatLook, 'outputFormat'> {
  readonly outputFormat?: ChatLook['outputFormat'];
  readonly shownMax: number;
}

/** One text for one alert, or for many when they have been waiting: the rest is counted. */
export function chatMessage(
  markup: Markup,
  look: MessageLook,
  deliveries: readonly Delivery[],
): string {
  const whole = { ...PLAIN, ...markup };
  const { strong, newline, sizeOf } = whole;
  const gap = newline + newline;
  const sizeMax = markup.sizeMax - HEADLINE_SIZE_MAX;
  const { parts, headline } = digestOf(deliveries, {
    shownMax: look.shownMax,
    sizeMax,
    partOf: (delivery, many) =>
      (many ? shortText : longText)({ ...whole, sizeMax }, look, delivery),
    sizeOf: (part) => sizeOf(part + gap),
  });
  return headline === '' ? (parts[0] as string) : [strong(headline), ...parts].join(gap);
}

const HEADLINE_SIZE_MAX = 300;
const TITLE_SIZE_MAX = 250;

const PLAIN = {
  row: (title: string, value: string): string => `- ${title}: ${value}`,
  own: (text: string): string => text,
  sizeOf: (text: string): number => text.length,
  newline: '\n',
};

type WholeMarkup = Required<Markup>;

/** Without the table, so that many fit. */
function shortText(markup: WholeMarkup, look: MessageLook, delivery: Delivery): string {
  const { alert } = delivery;
  const sizeMax = Math.min(800, Math.floor(markup.sizeMax / 4));
  const [heading, late, footer] = frameOf({ ...markup, sizeMax }, look, delivery);
  const room = sizeMax - sizeOfLines(markup, [heading, late, footer]);
  return joined(markup, [heading, late, within(markup, outputText(alert), room), footer]);
}

function longText(markup: WholeMarkup, look: MessageLook, delivery: Delivery): string {
  const { alert } = delivery;
  const { outputFormat = 'all' } = look;
  const above = templateWithin(markup, look, alert);
  const [heading, late, footer] = frameOf(markup, look, delivery);
  const isTable = outputFormat !== 'text';
  const room = markup.sizeMax - sizeOfLines(markup, [above, heading, late, footer]);
  const outputMax = isTable ? Math.floor(room / 2) : room;
  const output = outputFormat === 'fields' ? '' : within(markup, outputText(alert), outputMax);
  const rows = isTable ? rowsOf(markup, alert, room - sizeOfLines(markup, [output])) : [];
  return joined(markup, [above, heading, late, output, ...rows, footer]);
}

/** Heading, lateness and footer. */
function frameOf(
  markup: WholeMarkup,
  look: MessageLook,
  delivery: Delivery,
): [string, string, string] {
  const sizeMax = Math.min(TITLE_SIZE_MAX, Math.floor(markup.sizeMax / 4));
  const title = within(markup, titleOf(delivery.alert, sizeMax), sizeMax);
  const { own } = markup;
  return [markup.strong(title), own(lateText(delivery)), own(footerText(look, delivery.alert))];
}

/** What an operator wrote counts as it is; it may have a quarter of the message. */
function templateWithin(markup: WholeMarkup, look: MessageLook, alert: Alert): string {
  const text = templateText(look, alert, markup.defuse);
  return markup.own(defuseWithin(PLAIN.own, text, Math.floor(markup.sizeMax / 4), markup.sizeOf));
}

function within({ defuse, sizeOf }: WholeMarkup, text: string, sizeMax: number): string {
  return defuseWithin(defuse, text, sizeMax, sizeOf);
}

function joined({ newline }: WholeMarkup, lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join(newline);
}

/** With the line break that each needs. */
function sizeOfLines({ newline, sizeOf }: WholeMarkup, lines: readonly string[]): number {
  return lines.reduce((size, line) => size + sizeOf(line + newline), 0);
}

const OUTER: readonly FactName[] = ['source', 'hostname', 'tags'];

/** The rows that fit; the last counts those that do not. */
function rowsOf(markup: WholeMarkup, alert: Alert, sizeMax: number): string[] {
  const { row, sizeOf, newline } = markup;
  const form: FactsForm = {
    ...markup,
    before: OUTER,
    after: ['time'],
    fieldsMax: 100,
    titleMax: 200,
    valueMax: 1000,
    sizeMax: Number.POSITIVE_INFINITY,
  };
  return fittingRows(boundedFacts(form, alert), {
    row,
    sizeMax,
    sizeOf: (text) => sizeOf(text + newline),
  });
}
