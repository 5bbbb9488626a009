import type { Static, TObject } from 'typebox';
import type { Delivery, OutputDefinition, SendContext, SingleResult } from './define.ts';
import { encodedBody } from './gzip.ts';
import { mergeHeaders } from './headers.ts';
import { resultOfStatus } from './http-result.ts';
import type { HttpAnswer } from './http.ts';

/** Many alerts in one request to a log store. */

export interface LogRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** All alerts, as the store wants to read them. */
  readonly text: string;
  readonly compress: boolean;
}

/** Looks at a 2xx answer: whether it is the store's own, and what it has taken of so many alerts. */
type Accept = (answer: HttpAnswer, count: number) => SingleResult;

type LogPush<Schema extends TObject> = Omit<
  OutputDefinition<Schema>,
  'category' | 'send' | 'open'
> & {
  readonly requestOf: (settings: Static<Schema>, deliveries: readonly Delivery[]) => LogRequest;
  readonly accept: Accept;
};

/** Makes the definition of an output that needs no more. Of two attempts, one is kept for urgent alerts. */
export function defineLogPush<Schema extends TObject>({
  requestOf,
  accept,
  ...definition
}: LogPush<Schema>): OutputDefinition<Schema> {
  return {
    concurrency: 2,
    ...definition,
    category: 'logs',
    send: (context, deliveries) =>
      pushLogs(context, requestOf(context.settings, deliveries), (answer) =>
        accept(answer, deliveries.length),
      ),
  };
}

/** One attempt. Rejects with what `resultOfError` understands. */
export async function pushLogs(
  { http, signal }: Pick<SendContext<unknown>, 'http' | 'signal'>,
  { url, headers, text, compress }: LogRequest,
  accept: (answer: HttpAnswer) => SingleResult,
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
