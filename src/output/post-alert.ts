import type { Static, TObject } from 'typebox';
import { acceptAnyButPage } from './answer.ts';
import type { Delivery, OutputDefinition, SendContext, SingleResult } from './define.ts';
import { sendEach } from './each.ts';
import { mergeHeaders } from './headers.ts';
import type { HttpAnswer } from './http.ts';
import { rejectedLoop, wayHeaders } from './loop.ts';

/** Outputs that post the alert's JSON to a URL, one alert a request. */

/** What differs from one of them to another. */
export interface AlertRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: the alert as JSON. */
  readonly body?: string;
}

type Poster<Schema extends TObject> = Pick<
  OutputDefinition<Schema>,
  'id' | 'title' | 'summary' | 'schema' | 'example' | 'validate'
> & {
  readonly requestOf: (
    settings: Static<Schema>,
    delivery: Delivery,
  ) => AlertRequest | Promise<AlertRequest>;
  /** Whether a 2xx answer is the destination's own. Default: any that is no HTML page. */
  readonly accept?: (answer: HttpAnswer) => SingleResult;
};

/** Makes the definition of such an output. */
export function definePoster<Schema extends TObject>({
  requestOf,
  accept,
  ...definition
}: Poster<Schema>): OutputDefinition<Schema> {
  return {
    ...definition,
    category: 'functions',
    batch: { alertsMax: 1, waitMs: 0 },
    concurrency: 4,
    send: (context, deliveries) =>
      sendEach(deliveries, async (delivery) =>
        postAlert(context, await requestOf(context.settings, delivery), delivery, accept),
      ),
  };
}

/**
 * One attempt. Every request says by which key a resend is known, and how many hubs the alert has
 * passed: behind the URL may be another.
 */
export async function postAlert(
  { http, signal }: Pick<SendContext<unknown>, 'http' | 'signal'>,
  { url, headers = {}, body }: AlertRequest,
  delivery: Delivery,
  accept: (answer: HttpAnswer) => SingleResult = acceptAnyButPage,
): Promise<SingleResult> {
  const about = {
    'idempotency-key': delivery.key,
    ...wayHeaders(delivery),
  };
  return (
    rejectedLoop(delivery) ??
    http.postJson(url, body ?? delivery.json, {
      signal,
      headers: mergeHeaders(headers, about),
      accept,
    })
  );
}
