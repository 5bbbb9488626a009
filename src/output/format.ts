import { type Alert, PRIORITIES, type Priority, priorityTitle, severityOf } from '../alert.ts';
import type { Delivery } from './define.ts';

/** Text for people: what several outputs, and the command line, write in the same way. */

const LINE_BREAKERS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const BIDI_CONTROLS = /\p{Bidi_Control}/gu;

/**
 * Puts text on one line: runs of control characters and line breaks become a space, and bidirectional
 * controls become U+FFFD, so that the reader sees that there was something.
 */
export function oneLine(text: string): string {
  return text.replace(LINE_BREAKERS, ' ').replace(BIDI_CONTROLS, '\ufffd');
}

/** Cuts to `charsMax` UTF-16 units at most, the last of them `…`; never cuts a character in two. */
export function truncate(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const end = charsMax - 1;
  const splitsPair = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

/** The same for UTF-8: cuts to `bytesMax` bytes at most, the last three of them `…`. */
export function truncateBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  // In stream mode the decoder keeps back the beginning of a character that was cut.
  const kept = new TextDecoder().decode(bytes.subarray(0, bytesMax - 3), { stream: true });
  return `${kept}…`;
}

/** A length of time in its two largest units: `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return units(days, 'd', hours % 24, 'h');
  if (hours > 0) return units(hours, 'h', minutes % 60, 'min');
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

function units(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How many alerts of which priority, most severe first: `2 Critical, 200 Warning`. */
export function countsText(alerts: readonly Pick<Alert, 'priority'>[]): string {
  const counts = new Map<Priority, number>();
  for (const { priority } of alerts) counts.set(priority, (counts.get(priority) ?? 0) + 1);
  return PRIORITIES.filter((priority) => counts.has(priority))
    .map((priority) => `${counts.get(priority)} ${priorityTitle(priority)}`)
    .join(', ');
}

/** The same deliveries, most severe first; within a priority their order stays. */
export function mostSevereFirst(deliveries: readonly Delivery[]): Delivery[] {
  return deliveries.toSorted((a, b) => severityOf(a.priority) - severityOf(b.priority));
}

/** One alert per line, each line ended: NDJSON. */
export function ndjson(deliveries: readonly Pick<Delivery, 'json'>[]): string {
  return deliveries.map(({ json }) => `${json}\n`).join('');
}

/**
 * Colours of the attachment bars in Slack and what took over its format. They are Falcosidekick's, so
 * a channel looks the same after a migration; Alert shares Critical's colour, Error shares Emergency's.
 */
export const PRIORITY_COLOURS: Readonly<Record<Priority, string>> = {
  emergency: '#e20b0b',
  alert: '#ff5400',
  critical: '#ff5400',
  error: '#e20b0b',
  warning: '#ffc700',
  notice: '#5bffb5',
  informational: '#68c2ff',
  debug: '#ccfff2',
};

/** Falcosidekick's of mails and cards, which are not those of its chats. */
export const CARD_COLOURS: Readonly<Record<Priority, string>> = {
  emergency: '#e20b0b',
  alert: '#ff5400',
  critical: '#ff9000',
  error: '#ffc700',
  warning: '#ffff00',
  notice: '#5bffb5',
  informational: '#68c2ff',
  debug: '#ccfff2',
};
