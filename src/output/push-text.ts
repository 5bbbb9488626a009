import type { Alert } from '../alert.ts';
import type { Delivery } from './define.ts';
import { summaryOf, titleOf } from './details.ts';
import { oneLine, truncate } from './format.ts';

/**
 * An alert as a push message in plain text: the output line, then host and uuid. The line is cut so
 * that all of it has at most `charsMax` characters.
 */
export function pushText(delivery: Delivery, charsMax: number): string {
  const { hostname, uuid } = delivery.alert;
  const host = hostname === '' ? '' : `\nHost: ${withoutLinks(oneLine(hostname), 100)}`;
  const below = `${host}\nUuid: ${uuid}`;
  return withoutLinks(summaryOf(delivery, charsMax), charsMax - below.length) + below;
}

/** `[Critical] Terminal shell in container`. */
export function pushTitle(alert: Alert, charsMax: number): string {
  return withoutLinks(titleOf(alert, charsMax), charsMax);
}

/**
 * Phones make a link of every URL, and whoever is woken taps it: an attacker's is written so that it
 * is none, as analysts do (`https[:]//evil.example`).
 */
export function withoutLinks(text: string, charsMax: number): string {
  return truncate(text.replaceAll('://', '[:]//'), charsMax);
}
