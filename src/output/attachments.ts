import type { Alert } from '../alert.ts';
import { digestOf, lateText, lines } from './chat-digest.ts';
import type { ChatLook } from './chat-settings.ts';
import { type Defuse, defuseWithin, footerText, templateText } from './chat-text.ts';
import type { Delivery } from './define.ts';
import { alertFacts, type Fact, type FactName, stringFields } from './fields.ts';
import { PRIORITY_COLOURS } from './format.ts';

/** The attachments of Slack, and of what took over its format. */

export interface AttachmentsForm {
  readonly defuse: Defuse;
  /** What stands before the fields, and after them, in Falcosidekick's order. */
  readonly before: readonly FactName[];
  readonly after: readonly FactName[];
}

export interface AttachmentsLook extends ChatLook {
  readonly attachmentsMax: number;
}

export interface Attachments {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** What is posted to an incoming webhook. */
export interface AttachmentsMessage<Shown = Attachment> {
  readonly text?: string | undefined;
  readonly username?: string | undefined;
  readonly icon_url?: string | undefined;
  readonly channel?: string | undefined;
  readonly attachments?: readonly Shown[] | undefined;
}

export interface Attachment {
  readonly fallback: string;
  readonly color: string;
  readonly pretext?: string;
  readonly text?: string;
  /** Falcosidekick writes `null` for `outputFormat: text`. */
  readonly fields: readonly AttachmentField[] | null;
  readonly footer?: string;
}

interface AttachmentField {
  readonly title: string;
  readonly value: string;
  readonly short: boolean;
}

/**
 * Our limits, in UTF-16 units. Slack cuts a text at 40,000 and folds an attachment beyond 700; what
 * it takes as a whole is not documented, so a message stays below 30,000.
 */
const MESSAGE_CHARS_MAX = 30_000;
const TEXT_CHARS_MAX = 4000;
const FALLBACK_CHARS_MAX = 1000;
const VALUE_CHARS_MAX = 2000;
const TITLE_CHARS_MAX = 200;
const FIELDS_CHARS_MAX = 8000;

/**
 * One message for one alert, or for many when they have been waiting: the most severe are shown, the
 * rest is counted.
 */
export function attachmentsOf(
  form: AttachmentsForm,
  look: AttachmentsLook,
  deliveries: readonly Delivery[],
): Attachments {
  const above = ({ alert }: Delivery): string => templateText(look, alert, form.defuse);
  const { parts, headline } = digestOf(deliveries, {
    shownMax: look.attachmentsMax,
    sizeMax: MESSAGE_CHARS_MAX,
    partOf: (delivery, many) =>
      attachment(form, look, delivery, lines(many ? above(delivery) : '', lateText(delivery))),
  });
  return { text: headline || above(deliveries[0] as Delivery), attachments: parts };
}

function attachment(
  form: AttachmentsForm,
  look: AttachmentsLook,
  { alert }: Delivery,
  pretext: string,
): Attachment {
  const { outputFormat } = look;
  return omitEmpty(
    {
      fallback: defuseWithin(form.defuse, alert.output, FALLBACK_CHARS_MAX),
      color: PRIORITY_COLOURS[alert.priority],
      pretext,
      text:
        outputFormat === 'fields' ? '' : defuseWithin(form.defuse, alert.output, TEXT_CHARS_MAX),
      fields: outputFormat === 'text' ? null : fields(form, alert),
      footer: footerText(outputFormat === 'text' ? { ...look, footer: '' } : look, alert),
    },
    ['fallback'],
  );
}

/** The wide ones are those Falcosidekick makes wide. */
function fields({ defuse, before, after }: AttachmentsForm, alert: Alert): AttachmentField[] {
  const outer = (names: readonly FactName[]): AttachmentField[] =>
    alertFacts(alert, names).map((fact) => field(defuse, fact, fact.title !== 'time'));
  return [...outer(before), ...fittingFields(defuse, stringFields(alert)), ...outer(after)];
}

const SHORT_CHARACTERS = 36;

function fittingFields(defuse: Defuse, facts: readonly Fact[]): AttachmentField[] {
  const fitting: AttachmentField[] = [];
  let charsLeft = FIELDS_CHARS_MAX;
  for (const fact of facts) {
    const next = field(defuse, fact, Array.from(fact.value).length < SHORT_CHARACTERS);
    charsLeft -= JSON.stringify(next).length;
    if (charsLeft < 0) break;
    fitting.push(next);
  }
  const missing = facts.length - fitting.length;
  if (missing > 0) fitting.push({ title: '…', value: `${missing} more fields`, short: true });
  return fitting;
}

function field(defuse: Defuse, { title, value }: Fact, short: boolean): AttachmentField {
  return {
    title: defuseWithin(defuse, title, TITLE_CHARS_MAX),
    value: defuseWithin(defuse, value, VALUE_CHARS_MAX),
    short,
  };
}

/** Without the keys whose value is an empty string or undefined, but for those named. */
export function omitEmpty<T extends object>(value: T, kept: readonly string[] = []): T {
  const entries = Object.entries(value).filter(
    ([key, item]) => kept.includes(key) || (item !== '' && item !== undefined),
  );
  return Object.fromEntries(entries) as T;
}
