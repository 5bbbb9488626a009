import { type Alert, type FieldValue, priorityTitle } from '../alert.ts';
import type { Delivery } from './define.ts';
import { ageText, oneLine, truncate } from './format.ts';

/** An alert for who is paged: one line to wake up by, and the details to begin with. */

/** The output line, without one the rule, on one line; an alert that waited says so in front. */
export function summaryOf({ alert, lateMs }: Delivery, charsMax: number): string {
  const late = lateMs === undefined ? '' : `(late by ${ageText(lateMs)}) `;
  const text = oneLine(alert.output).trim() || oneLine(alert.rule);
  return truncate(late + text, charsMax);
}

/** `[Critical] Terminal shell in container`. */
export function titleOf({ priority, rule }: Alert, charsMax: number): string {
  return truncate(`[${priorityTitle(priority)}] ${oneLine(rule)}`, charsMax);
}

export type Details = Readonly<Record<string, FieldValue>>;

/** All that an alert is beside its fields, its output line and its time. */
export function factsOf({ uuid, rule, source, priority, hostname, tags }: Alert): Details {
  return {
    ...(hostname !== '' && { hostname }),
    uuid,
    rule,
    source,
    priority: priorityTitle(priority),
    ...(tags.length > 0 && { tags: tags.join(', ') }),
  };
}

/**
 * Lengths that texts are cut to until the details fit. An alert has at most 512 fields, with names of
 * 128 characters and numbers of 512 digits, so with the last they do.
 */
const TEXT_CHARS_MAX = [4096, 1024, 256, 64] as const;

/** Details of at most `bytesMax` bytes of JSON, each text on one line; no field is left out. */
export function fittingDetails(details: Details, bytesMax: number): Details {
  let cut = details;
  for (const charsMax of TEXT_CHARS_MAX) {
    cut = cutTexts(details, charsMax);
    if (Buffer.byteLength(JSON.stringify(cut)) <= bytesMax) break;
  }
  return cut;
}

function cutTexts(details: Details, charsMax: number): Details {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [oneLine(name), cutText(value, charsMax)]),
  );
}

function cutText(value: FieldValue, charsMax: number): FieldValue {
  if (typeof value === 'string') return truncate(oneLine(value), charsMax);
  if (!Array.isArray(value)) return value;
  const list = (value as readonly string[]).map(oneLine);
  return JSON.stringify(list).length <= charsMax ? list : truncate(list.join(', '), charsMax);
}

/**
 * Details as texts, of at most `charsMax` characters with their names and `valueCharsMax` each, for
 * destinations that take few: what does not fit is counted at the end.
 */
export function boundedTexts(
  details: Details,
  charsMax: number,
  valueCharsMax: number,
): Record<string, string> {
  const texts: [string, string][] = [];
  // Room for the last entry.
  let charsLeft = charsMax - 30;
  const entries = Object.entries(details);
  for (const [name, value] of entries) {
    const next = [oneLine(name), truncate(detailText(value), valueCharsMax)] as const;
    charsLeft -= next[0].length + next[1].length;
    if (charsLeft < 0) break;
    texts.push([...next]);
  }
  const missing = entries.length - texts.length;
  if (missing > 0) texts.push(['…', `${missing} more fields`]);
  return Object.fromEntries(texts);
}

/** A field's value as one line of text, with every digit. */
export function detailText(value: FieldValue): string {
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}
