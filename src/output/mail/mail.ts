import { hash } from 'node:crypto';
import { type Priority, priorityTitle } from '../../alert.ts';
import { goTimeText } from '../../template/index.ts';
import type { Delivery } from '../define.ts';
import { type Fact, fittingFields } from '../fields.ts';
import { ageText, countsText, mostSevereFirst, oneLine, truncate } from '../format.ts';
import { htmlBody } from './html.ts';
import { textBody } from './text.ts';

/** A mail without its addresses. */
export interface Mail {
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
  /** Absent: text only. */
  readonly html?: string;
}

/** What a mail says; no text in it has a second line. */
export interface Page {
  /** Above everything; empty: nothing. */
  readonly heading: string;
  readonly alerts: readonly AlertView[];
  /** Below everything. */
  readonly notes: readonly string[];
}

export interface AlertView {
  readonly priority: Priority;
  /** `Late by 2 h 5 min.`; empty: it is not. */
  readonly late: string;
  /** What every alert has, in Falcosidekick's words and order. */
  readonly facts: readonly Fact[];
  readonly fields: readonly Fact[];
}

const SUBJECT_CHARS_MAX = 500;
const FIELDS_CHARS_MAX = 64 * 1024;
/** Servers take 10 MB and more; encoding and markup make this 4 at most. */
const MAIL_CHARS_MAX = 512 * 1024;

export interface MailLook {
  /** html: text with an HTML alternative. */
  readonly outputFormat: 'html' | 'text';
  /** Alerts shown in one mail; the rest is counted. */
  readonly alertsShownMax: number;
  readonly showUuid: boolean;
  /** A picture above the HTML. */
  readonly logoUrl?: string | undefined;
}

/**
 * One mail for one alert, in the shape Falcosidekick gave it, or for many that have been waiting: the
 * most severe are shown, the rest is counted.
 *
 * @param notes What the readers must know besides.
 */
export function mailOf(
  look: MailLook,
  deliveries: readonly Delivery[],
  notes: readonly string[],
): Mail {
  const sorted = mostSevereFirst(deliveries);
  const views = fitting(sorted.slice(0, look.alertsShownMax).map((one) => viewOf(look, one)));
  const rest = sorted.slice(views.length);
  const shown = views.length === 1 ? '1 alert' : `${views.length} alerts`;
  const counts =
    rest.length === 0 ? shown : `${shown}, and ${rest.length} more: ${countsText(rest)}`;
  const heading = deliveries.length === 1 ? '' : counts;
  const page = { heading, alerts: views, notes: notes.map(oneLine) };
  return {
    subject: subjectOf(sorted),
    date: dateOf(deliveries),
    text: textBody(page),
    ...(look.outputFormat === 'html' && { html: htmlBody(page, look.logoUrl) }),
  };
}

/** The same for every resend of the same alerts, and for no others: 32 hex digits. */
export function mailKey(deliveries: readonly Delivery[]): string {
  const keys = deliveries.map(({ key }) => key).toSorted();
  return keys.length === 1 ? (keys[0] as string) : hash('sha256', keys.join(), 'hex').slice(0, 32);
}

function subjectOf(sorted: readonly Delivery[]): string {
  const { alert } = sorted[0] as Delivery;
  const count = sorted.length === 1 ? '' : `${sorted.length} alerts: `;
  const text = `[${priorityTitle(alert.priority)}] ${count}${oneLine(alert.output)}`;
  return truncate(text.trim(), SUBJECT_CHARS_MAX);
}

/** Dates before are none of RFC 5322 (3.3), and Go's zero time is one of them. */
const YEAR_MIN = 1900;

/**
 * When the latest of the alerts happened, as in Falcosidekick's mails. An alert's own time does not
 * count where a mail cannot have it, or where it lies after the hub took the alert in.
 */
function dateOf(deliveries: readonly Delivery[]): Date {
  const times = deliveries.map(({ alert }) => {
    const [time, receivedAt] = [new Date(alert.time), new Date(alert.receivedAt)];
    return time.getUTCFullYear() >= YEAR_MIN && time <= receivedAt ? time : receivedAt;
  });
  return times.reduce((latest, time) => (time > latest ? time : latest));
}

function viewOf({ showUuid }: MailLook, { alert, lateMs }: Delivery): AlertView {
  const facts = {
    Output: alert.output,
    Rule: alert.rule,
    Source: alert.source,
    Hostname: alert.hostname,
    Tags: alert.tags.map((tag) => `${tag} `).join(''),
    Time: goTimeText(alert.time),
    ...(showUuid && { Uuid: alert.uuid }),
  };
  return {
    priority: alert.priority,
    late: lateMs === undefined ? '' : `Late by ${ageText(lateMs)}.`,
    facts: Object.entries(facts).map(([title, value]) => ({ title, value: oneLine(value) })),
    fields: fittingFields(alert.fields, FIELDS_CHARS_MAX),
  };
}

/** As many from the start as fit into a mail, but one at least. */
function fitting(views: readonly AlertView[]): AlertView[] {
  let charsLeft = MAIL_CHARS_MAX;
  const end = views.findIndex((view, n) => {
    const sizes = [...view.facts, ...view.fields].map(
      ({ title, value }) => title.length + value.length,
    );
    charsLeft -= sizes.reduce((sum, size) => sum + size, 0);
    return charsLeft < 0 && n > 0;
  });
  return end === -1 ? [...views] : views.slice(0, end);
}
