import type { SingleResult } from './define.ts';
import type { Failure } from './http-error.ts';
import { excerptOf } from './http-excerpt.ts';
import { resultOfStatus } from './http-result.ts';
import type { HttpAnswer } from './http.ts';

/** Whether a 2xx answer is the destination's own. */

/** The answer as a JSON object; empty where it is anything else. */
export function objectIn({ text }: Pick<HttpAnswer, 'text'>): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Nobody took the alert, though the status says so: another server answers there.
 *
 * @param expected What the destination's own answer would be.
 */
export function foreignAnswer(answer: HttpAnswer, expected: string): Failure {
  const text = excerptOf(answer);
  const said = text === '' ? 'an empty answer' : text;
  const detail = `HTTP ${answer.status}, but ${expected}; is this its address? ${said}`;
  return { outcome: 'retry', reason: 'client', detail };
}

/**
 * What the status means; a 2xx counts where the answer is the destination's own.
 *
 * @param expected What that would be: `Datadog answers 202`.
 */
export function resultOfOwn(answer: HttpAnswer, isOwn: boolean, expected: string): SingleResult {
  const result = resultOfStatus(answer);
  return result.outcome !== 'delivered' || isOwn ? result : foreignAnswer(answer, expected);
}

/** A login page or a proxy's page. Many small servers call a plain `ok` text/html: that is none. */
export function isHtmlPage({ headers, text }: HttpAnswer): boolean {
  return (headers['content-type'] ?? '').includes('html') && HTML_START.test(text);
}

const HTML_START = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;

/** Delivered, unless the answer is a page: for destinations that may answer anything. */
export function acceptAnyButPage(answer: HttpAnswer): SingleResult {
  if (!isHtmlPage(answer)) return { outcome: 'delivered' };
  const detail = `HTTP ${answer.status} with an HTML page: is there a login or a proxy before the endpoint?`;
  return { outcome: 'retry', reason: 'client', detail };
}
