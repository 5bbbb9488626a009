import { acceptAnyButPage, objectIn } from '../answer.ts';
import type { SendContext, SingleResult } from '../define.ts';
import { mergeHeaders } from '../headers.ts';
import { excerptOf } from '../http-excerpt.ts';
import { resultOfStatus } from '../http-result.ts';
import { withPath } from '../http-url.ts';
import type { HttpAnswer } from '../http.ts';
import { encodeMessage } from './encode.ts';
import type { OtlpSettings } from './settings.ts';

export type Signal = 'traces' | 'logs' | 'metrics';

const ROOTS = { traces: 'TracesData', logs: 'LogsData', metrics: 'MetricsData' } as const;

/**
 * Sends what there is of one signal.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export async function postOtlp(
  { settings, http, signal }: Pick<SendContext<OtlpSettings>, 'settings' | 'http' | 'signal'>,
  what: Signal,
  document: object,
): Promise<SingleResult> {
  const isJson = settings.encoding === 'json';
  const answer = await http.request({
    method: 'POST',
    url: withPath(settings.url, `/v1/${what}`),
    headers: mergeHeaders(settings.headers, {
      'content-type': isJson ? 'application/json' : 'application/x-protobuf',
    }),
    body: isJson ? JSON.stringify(document) : encodeMessage(ROOTS[what], document),
    signal,
  });
  return resultOf(answer, isJson);
}

/** A 200 may say that some of it was refused, and does not say what. */
function resultOf(answer: HttpAnswer, isJson: boolean): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return result;
  const isRefused = isJson ? hasRejected(objectIn(answer)) : PROTOBUF_REJECTED.test(answer.text);
  if (!isRefused) return acceptAnyButPage(answer);
  const detail = `HTTP ${answer.status}, but it was refused: ${excerptOf(answer)}`;
  return { outcome: 'reject', reason: 'payload', detail };
}

function hasRejected({ partialSuccess }: Readonly<Record<string, unknown>>): boolean {
  const counts = Object.entries((partialSuccess ?? {}) as Record<string, unknown>);
  return counts.some(([name, count]) => name.startsWith('rejected') && Number(count) > 0);
}

/** `partial_success` (1), its length, and in it a count (1) that is not 0. */
// oxlint-disable-next-line no-control-regex
const PROTOBUF_REJECTED = /^\n[^]{1,3}?\u0008[^\0]/;
