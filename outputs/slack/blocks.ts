import type { Alert } from '../../src/alert.ts';
import type { Attachments } from '../../src/output/attachments.ts';
import { digestOf, lateText, lines } from '../../src/output/chat-digest.ts';
import { boundedFacts, type FactsForm } from '../../src/output/chat-facts.ts';
import { defuseWithin, footerText, outputText, templateText } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { titleOf } from '../../src/output/details.ts';
import type { Fact } from '../../src/output/fields.ts';
import { PRIORITY_COLOURS } from '../../src/output/format.ts';
import { defuse } from './mrkdwn.ts';
import type { SlackSettings } from './settings.ts';

/**
 * An alert in Block Kit. It stands in an attachment, for only that has a coloured bar.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export interface BlockAttachment {
  readonly fallback: string;
  readonly color: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly type: 'section'; readonly text: BlockText }
  | { readonly type: 'section'; readonly fields: readonly BlockText[] }
  | { readonly type: 'context'; readonly elements: readonly BlockText[] };

export interface BlockText {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Slack then makes no links of names and addresses. */
  readonly verbatim: true;
}

/** Slack's: 3000 characters a section, 10 fields a section, 50 blocks a message. */
const SECTION_CHARS_MAX = 3000;
const FIELDS_MAX = 10;
const SHOWN_MAX = 25;
/** Ours. */
const MESSAGE_CHARS_MAX = 30_000;
const TITLE_CHARS_MAX = 300;
const FALLBACK_CHARS_MAX = 1000;
const SHORT_OUTPUT_CHARS_MAX = 600;

const FACTS: FactsForm = {
  defuse,
  before: ['source', 'hostname', 'tags'],
  after: ['time'],
  fieldsMax: 36,
  titleMax: 200,
  valueMax: 1500,
  sizeMax: 8000,
};

type Look = Omit<SlackSettings, 'webhookUrl'>;

/** One message for one alert, or for many when they have been waiting. */
export function blocksOf(
  look: Look,
  deliveries: readonly Delivery[],
): Pick<Attachments, 'text'> & { readonly attachments: readonly BlockAttachment[] } {
  const { parts, headline } = digestOf(deliveries, {
    shownMax: Math.min(look.attachmentsMax, SHOWN_MAX),
    sizeMax: MESSAGE_CHARS_MAX,
    partOf: ({ alert, ...delivery }, many) => ({
      fallback: defuseWithin(defuse, outputText(alert), FALLBACK_CHARS_MAX),
      color: PRIORITY_COLOURS[alert.priority],
      blocks: [
        heading(look, alert, many),
        ...(many || look.outputFormat === 'text' ? [] : tables(alert)),
        ...context(lateText(delivery), footerText(look, alert)),
      ],
    }),
  });
  const [first] = deliveries as [Delivery];
  return { text: headline || templateText(look, first.alert, defuse), attachments: parts };
}

function heading(look: Look, alert: Alert, many: boolean): Block {
  const title = `*${defuseWithin(defuse, titleOf(alert, TITLE_CHARS_MAX), TITLE_CHARS_MAX)}*`;
  const outputMax = many ? SHORT_OUTPUT_CHARS_MAX : SECTION_CHARS_MAX - title.length - 1;
  const isOutput = many || look.outputFormat !== 'fields';
  const output = isOutput ? defuseWithin(defuse, outputText(alert), outputMax) : '';
  return { type: 'section', text: blockText(lines(title, output)) };
}

function tables(alert: Alert): Block[] {
  const facts = boundedFacts(FACTS, alert);
  const sections = Math.ceil(facts.length / FIELDS_MAX);
  return Array.from({ length: sections }, (_, n) => ({
    type: 'section',
    fields: facts.slice(n * FIELDS_MAX, (n + 1) * FIELDS_MAX).map(fieldText),
  }));
}

function fieldText({ title, value }: Fact): BlockText {
  return blockText(`*${title}*\n${value}`);
}

function context(...texts: readonly string[]): Block[] {
  const elements = texts.filter((text) => text !== '').map(blockText);
  return elements.length === 0 ? [] : [{ type: 'context', elements }];
}

function blockText(text: string): BlockText {
  return { type: 'mrkdwn', text, verbatim: true };
}
