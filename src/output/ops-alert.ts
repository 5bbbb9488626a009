import { type Static, Type } from 'typebox';
import type { Priority } from '../alert.ts';
import { foreignAnswer, objectIn } from './answer.ts';
import { byPriority, fromPriority } from './by-priority.ts';
import { dedupKeySetting } from './dedup-key.ts';
import type { Delivery, SendContext, SingleResult } from './define.ts';
import { boundedTexts, factsOf, summaryOf } from './details.ts';
import { truncate } from './format.ts';
import { inert, inertTexts } from './inert.ts';
import { resultOfStatus } from './http-result.ts';
import type { HttpAnswer } from './http.ts';
import { CLOSES, incidentKeyOf, isResolved } from './resolution.ts';
import { optionalText } from './settings.ts';

/** The alert of Opsgenie, which Jira Service Management took over. */

const closed = { additionalProperties: false } as const;
const LEVELS = ['P1', 'P2', 'P3', 'P4', 'P5'] as const;

/** Settings of both. */
export const opsAlertSettings = {
  dedupKey: dedupKeySetting(
    'alert',
    `${CLOSES} Empty: none is sent, a resend makes a second alert, and nothing is closed.`,
  ),
  priorities: byPriority(Type.Enum([...LEVELS], { description: 'P1 to P5.' }), {
    description:
      'P1 to P5 for a priority. Default: Emergency and Alert are P1, Critical P2, Error P3, Warning P4, the rest P5.',
  }),
  responders: Type.Array(
    Type.Object(
      {
        type: Type.Enum(['team', 'user', 'escalation', 'schedule'], { description: 'What it is.' }),
        id: optionalText('Its id.'),
        name: Type.Optional(Type.String({ description: 'Its name, unless it is a user.' })),
        username: Type.Optional(Type.String({ description: "A user's e-mail address." })),
      },
      closed,
    ),
    {
      description: 'Who is told, beside whom the integration names.',
      maxItems: 50,
      default: [],
    },
  ),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 50 }), {
    description: "Tags of every alert, before the alert's own.",
    maxItems: 20,
    default: [],
  }),
};

const opsAlertSchema = Type.Object(opsAlertSettings);
type OpsAlertSettings = Static<typeof opsAlertSchema>;

/** @see https://docs.opsgenie.com/docs/alert-api#create-alert (fields and their limits) */
export interface OpsAlert {
  readonly message: string;
  readonly alias?: string;
  readonly description: string;
  readonly responders?: OpsAlertSettings['responders'];
  readonly tags?: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly entity?: string;
  readonly source?: string;
  readonly priority: (typeof LEVELS)[number];
}

export const MESSAGE_CHARS_MAX = 130;
export const DETAILS_CHARS_MAX = 8000;
const DESCRIPTION_CHARS_MAX = 15_000;
const VALUE_CHARS_MAX = 1000;
const TAG_CHARS_MAX = 50;
/** A note may have 25,000. */
const NOTE_CHARS_MAX = 15_000;
const TAGS_MAX = 20;
const ENTITY_CHARS_MAX = 512;

export function opsAlert(settings: OpsAlertSettings, delivery: Delivery): OpsAlert {
  const { alert } = delivery;
  const alias = aliasOf(settings, delivery);
  const tags = [...settings.tags, ...alert.tags.map((tag) => truncate(inert(tag), TAG_CHARS_MAX))];
  const facts = { ...factsOf(alert), time: alert.time };
  return {
    message: inert(summaryOf(delivery, MESSAGE_CHARS_MAX)),
    ...(alias !== undefined && { alias }),
    description: descriptionOf(delivery),
    ...(settings.responders.length > 0 && { responders: settings.responders }),
    tags: tags.slice(0, TAGS_MAX),
    details: inertTexts(
      boundedTexts({ ...facts, ...alert.fields, ...facts }, DETAILS_CHARS_MAX, VALUE_CHARS_MAX),
    ),
    entity: truncate(inert(alert.hostname || alert.source), ENTITY_CHARS_MAX),
    source: 'Tocsin',
    priority: levelOf(settings, alert.priority),
  };
}

/** The rule, and the whole output line, of which the message holds the beginning. */
export function descriptionOf({ alert }: Delivery): string {
  return truncate(`${inert(alert.rule)}\n${inert(alert.output)}`.trim(), DESCRIPTION_CHARS_MAX);
}

export function aliasOf(settings: OpsAlertSettings, delivery: Delivery): string | undefined {
  return incidentKeyOf(settings.dedupKey, delivery, 512);
}

/** What is posted to close an alert, and the rest of its path. */
export interface Closing {
  readonly path: string;
  readonly body: { readonly source: string; readonly note: string };
}

/**
 * Undefined where the alert is no end, or its alias cannot stand in a path: `..` or a slash, decoded
 * on the way, would lead elsewhere, and whoever writes the alert may have written them.
 *
 * @see https://docs.opsgenie.com/docs/alert-api#close-alert
 */
export function closingOf(settings: OpsAlertSettings, delivery: Delivery): Closing | undefined {
  const alias = aliasOf(settings, delivery)?.toWellFormed();
  if (!isResolved(delivery.alert) || alias === undefined || !SEGMENT.test(alias)) return undefined;
  return {
    path: `/${encodeURIComponent(alias)}/close?identifierType=alias`,
    body: { source: 'Tocsin', note: inert(summaryOf(delivery, NOTE_CHARS_MAX)) },
  };
}

const SEGMENT = /^(?!\.+$)[^/\\]+$/;

export function levelOf(
  { priorities }: OpsAlertSettings,
  priority: Priority,
): OpsAlert['priority'] {
  return priorities[priority] ?? STANDARD[priority];
}

const STANDARD = fromPriority({
  debug: 'P5',
  warning: 'P4',
  error: 'P3',
  critical: 'P2',
  alert: 'P1',
});

/**
 * One attempt; `authorization` is the header of that name. Opsgenie looks for what it shall close
 * later; another service that says with 404 that it is not there must not hold up the alerts behind.
 */
export async function postOpsAlert(
  { http, signal }: Pick<SendContext<unknown>, 'http' | 'signal'>,
  request: {
    readonly url: string;
    readonly authorization: string;
    readonly alert: object;
    /** Instead of the alert. */
    readonly closing?: Closing | undefined;
  },
): Promise<SingleResult> {
  const { authorization, alert, closing } = request;
  const headers = { authorization, 'content-type': 'application/json' };
  const url = `${request.url}${closing?.path ?? ''}`;
  const body = JSON.stringify(closing?.body ?? alert);
  const answer = await http.request({ method: 'POST', url, headers, body, signal });
  const result = opsAlertResult(answer);
  const isGone = closing !== undefined && answer.status === 404 && result.outcome === 'retry';
  return isGone ? { outcome: 'reject', reason: 'client', detail: result.detail } : result;
}

/**
 * A request is taken with 202 and an id, and worked on later. A key of another form is a 422, and an
 * account that may not create alerts a 402: neither is any alert's fault.
 *
 * @see https://docs.opsgenie.com/docs/response
 */
function opsAlertResult(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  const { requestId, message } = objectIn(answer);
  if (result.outcome === 'delivered') {
    const isOwn = answer.status === 202 && typeof requestId === 'string';
    return isOwn ? result : foreignAnswer(answer, 'it answers 202 with a requestId');
  }
  if (result.outcome === 'retry') return result;
  const { detail } = result;
  if (answer.status === 402) return { outcome: 'retry', reason: 'client', detail };
  return /^(api ?)?key\b/i.test(String(message))
    ? { outcome: 'retry', reason: 'auth', detail }
    : result;
}
