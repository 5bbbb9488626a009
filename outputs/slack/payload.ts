import type { Alert } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { Fact } from '../../src/output/fields.ts';
import { alertFacts, stringFields } from '../../src/output/fields.ts';
import {
  PRIORITY_COLOURS,
  ageText,
  countsText,
  mostSevereFirst,
  truncate,
} from '../../src/output/format.ts';
import { defuseWithin } from './mrkdwn.ts';
import type { SlackSettings } from './settings.ts';

/** What is posted to an incoming webhook; keys and their order are Falcosidekick's. */
export interface SlackMessage {
  readonly text?: string | undefined;
  readonly username?: string | undefined;
  readonly icon_url?: string | undefined;
  readonly channel?: string | undefined;
  readonly unfurl_links?: false | undefined;
  readonly unfurl_media?: false | undefined;
  readonly attachments: readonly SlackAttachment[];
}

export interface SlackAttachment {
  readonly fallback: string;
  readonly color: string;
  readonly pretext?: string;
  readonly text?: string;
  /** Falcosidekick writes `null` for `outputFormat: text`. */
  readonly fields: readonly SlackField[] | null;
  readonly footer?: string;
}

interface SlackField {
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
const FOOTER_CHARS_MAX = 300;

/**
 * One message for one alert, or for many when they have been waiting: the most severe are shown, the
 * rest is counted.
 *
 * @param render The message template's text for an alert; empty: there is none.
 */
export function slackMessage(
  settings: Omit<SlackSettings, 'webhookUrl' | 'messageFormat'>,
  deliveries: readonly Delivery[],
  render: (alert: Alert) => string,
): SlackMessage {
  const { username, iconUrl, channel } = settings;
  const unfurl = settings.unfurlLinks ? undefined : false;
  const { text, attachments } =
    deliveries.length === 1
      ? oneAlert(settings, deliveries[0] as Delivery, render)
      : manyAlerts(settings, deliveries, render);
  return omitEmpty({
    text,
    username,
    icon_url: iconUrl,
    channel,
    unfurl_links: unfurl,
    unfurl_media: unfurl,
    attachments,
  });
}

interface Shown {
  readonly text: string;
  readonly attachments: readonly SlackAttachment[];
}

type Look = Pick<SlackSettings, 'outputFormat' | 'footer' | 'uuidInFooter' | 'attachmentsMax'>;

function oneAlert(look: Look, delivery: Delivery, render: (alert: Alert) => string): Shown {
  return {
    text: truncate(render(delivery.alert), TEXT_CHARS_MAX),
    attachments: [attachment(look, delivery, lateText(delivery))],
  };
}

function manyAlerts(
  look: Look,
  deliveries: readonly Delivery[],
  render: (alert: Alert) => string,
): Shown {
  const sorted = mostSevereFirst(deliveries);
  const attachments: SlackAttachment[] = [];
  let charsLeft = MESSAGE_CHARS_MAX;
  for (const delivery of sorted.slice(0, look.attachmentsMax)) {
    const above = [truncate(render(delivery.alert), TEXT_CHARS_MAX), lateText(delivery)];
    const next = attachment(look, delivery, above.filter((line) => line !== '').join('\n'));
    charsLeft -= JSON.stringify(next).length;
    if (charsLeft < 0 && attachments.length > 0) break;
    attachments.push(next);
  }
  const rest = sorted.slice(attachments.length).map(({ alert }) => alert);
  const shown = attachments.length === 1 ? '1 alert' : `${attachments.length} alerts`;
  const text = rest.length === 0 ? shown : `${shown}, and ${rest.length} more: ${countsText(rest)}`;
  return { text, attachments };
}

function lateText({ lateMs }: Delivery): string {
  return lateMs === undefined ? '' : `Late by ${ageText(lateMs)}.`;
}

function attachment(look: Look, { alert }: Delivery, pretext: string): SlackAttachment {
  const { outputFormat } = look;
  return omitEmpty(
    {
      fallback: defuseWithin(alert.output, FALLBACK_CHARS_MAX),
      color: PRIORITY_COLOURS[alert.priority],
      pretext,
      text: outputFormat === 'fields' ? '' : defuseWithin(alert.output, TEXT_CHARS_MAX),
      fields: outputFormat === 'text' ? null : fields(alert),
      footer: footer(look, alert),
    },
    ['fallback'],
  );
}

/** The wide ones are those Falcosidekick makes wide. */
function fields(alert: Alert): SlackField[] {
  const head = alertFacts(alert, ['rule', 'priority', 'source', 'hostname', 'tags']);
  return [
    ...head.map((fact) => field(fact, true)),
    ...fittingFields(stringFields(alert)),
    ...alertFacts(alert, ['time']).map((fact) => field(fact, false)),
  ];
}

const SHORT_CHARACTERS = 36;

function fittingFields(facts: readonly Fact[]): SlackField[] {
  const fitting: SlackField[] = [];
  let charsLeft = FIELDS_CHARS_MAX;
  for (const fact of facts) {
    const next = field(fact, Array.from(fact.value).length < SHORT_CHARACTERS);
    charsLeft -= JSON.stringify(next).length;
    if (charsLeft < 0) break;
    fitting.push(next);
  }
  const missing = facts.length - fitting.length;
  if (missing > 0) fitting.push({ title: '…', value: `${missing} more fields`, short: true });
  return fitting;
}

function field({ title, value }: Fact, short: boolean): SlackField {
  return {
    title: defuseWithin(title, TITLE_CHARS_MAX),
    value: defuseWithin(value, VALUE_CHARS_MAX),
    short,
  };
}

function footer({ outputFormat, footer, uuidInFooter }: Look, alert: Alert): string {
  const parts = [outputFormat === 'text' ? '' : footer, uuidInFooter ? alert.uuid : ''];
  return truncate(parts.filter((part) => part !== '').join(' · '), FOOTER_CHARS_MAX);
}

/** Without the keys whose value is an empty string or undefined, but for those named. */
function omitEmpty<T extends object>(value: T, kept: readonly string[] = []): T {
  const entries = Object.entries(value).filter(
    ([key, item]) => kept.includes(key) || (item !== '' && item !== undefined),
  );
  return Object.fromEntries(entries) as T;
}
