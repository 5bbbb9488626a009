import { encodedBody } from './gzip.ts';
import { mergeHeaders } from './headers.ts';
import type { SendContext, SingleResult } from './define.ts';
import { resultOfStatus } from './http-result.ts';
import type { HttpAnswer } from './http.ts';

/** Many alerts in one request to a log store. */

export interface LogRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** All alerts, as the store wants to read them. */
  readonly text: string;
  readonly compress: boolean;
  /** Looks at a 2xx answer: whether it is the store's own, and what it has taken. */
  readonly accept: (answer: HttpAnswer) => SingleResult;
}

/** One attempt. Rejects with what `resultOfError` understands. */
export async function pushLogs(
  { http, signal }: Pick<SendContext<unknown>, 'http' | 'signal'>,
  { url, headers, text, compress, accept }: LogRequest,
): Promise<SingleResult> {
  const { body, headers: encoding } = await encodedBody(text, compress);
  const answer = await http.request({
    method: 'POST',
    url,
    headers: mergeHeaders(headers, encoding),
    body,
    signal,
  });
  const result = resultOfStatus(answer);
  return result.outcome === 'delivered' ? accept(answer) : result;
}

/** A document with one member more, which comes first. */
export function withMember(name: string, value: string | number, json: string): string {
  return `{${JSON.stringify(name)}:${JSON.stringify(value)},${json.slice(1)}`;
}

/** The store did not take all. Of several, halves show which it is about. */
export function refusedDocuments(count: number | string, why: string): SingleResult {
  return { outcome: 'reject', reason: 'payload', detail: `${count} refused: ${why}` };
}
