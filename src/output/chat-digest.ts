import type { Delivery } from './define.ts';
import { ageText, countsText, mostSevereFirst } from './format.ts';

/** Many alerts in one message: the most severe are shown, the rest is counted. */

export interface Digest<Part> {
  /** What is shown, most severe first; one part for each alert. */
  readonly parts: readonly Part[];
  /** `10 alerts, and 212 more: 200 Warning, 12 Notice`; empty for a single alert. */
  readonly headline: string;
}

export interface DigestOptions<Part> {
  /** Alerts shown at most. */
  readonly shownMax: number;
  /** Size of all parts at most; the first is shown in any case. */
  readonly sizeMax: number;
  /** @param many Whether other alerts share the message. */
  readonly partOf: (delivery: Delivery, many: boolean) => Part;
  /** Default: characters of the part's JSON. */
  readonly sizeOf?: (part: Part) => number;
}

/** Makes parts as long as they fit. */
export function digestOf<Part>(
  deliveries: readonly Delivery[],
  { shownMax, sizeMax, partOf, sizeOf = jsonChars }: DigestOptions<Part>,
): Digest<Part> {
  const many = deliveries.length > 1;
  const sorted = mostSevereFirst(deliveries);
  const parts: Part[] = [];
  let left = sizeMax;
  for (const delivery of sorted.slice(0, shownMax)) {
    const next = partOf(delivery, many);
    left -= sizeOf(next);
    if (left < 0 && parts.length > 0) break;
    parts.push(next);
  }
  return { parts, headline: many ? headlineOf(parts.length, sorted) : '' };
}

function headlineOf(shownCount: number, sorted: readonly Delivery[]): string {
  const shown = shownCount === 1 ? '1 alert' : `${shownCount} alerts`;
  const rest = sorted.slice(shownCount);
  return rest.length === 0 ? shown : `${shown}, and ${rest.length} more: ${countsText(rest)}`;
}

function jsonChars(part: unknown): number {
  return JSON.stringify(part).length;
}

/** `Late by 2 h 5 min.`; empty for an alert that did not wait. */
export function lateText({ lateMs }: Pick<Delivery, 'lateMs'>): string {
  return lateMs === undefined ? '' : `Late by ${ageText(lateMs)}.`;
}

/** The lines that say something, one below the other. */
export function lines(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}
