import type { Static, TObject } from 'typebox';
import { checkHttpUrl, type Mistake } from './check.ts';
import type { OutputDefinition, SingleResult } from './define.ts';
import type { HttpAnswer } from './http.ts';
import { type PostRequest, postRequest } from './post-request.ts';

/** Outputs that write to a chat: one message a request, which tells of many alerts when they wait. */

type Chat<Schema extends TObject> = Pick<
  OutputDefinition<Schema>,
  'id' | 'title' | 'summary' | 'schema' | 'example' | 'validate'
> & {
  readonly requestOf: (
    settings: Static<Schema>,
    deliveries: Parameters<NonNullable<OutputDefinition<Schema>['send']>>[1],
  ) => PostRequest;
  readonly resultOf: (answer: HttpAnswer, settings: Static<Schema>) => SingleResult;
};

/** How alerts come to a chat: all that wait in one message, which is late after an hour. */
export const CHAT_LANE = {
  category: 'chat',
  batch: { alertsMax: 250, bytesMax: 1024 * 1024, waitMs: 20 },
  concurrency: 1,
  staleAfterMs: 60 * 60_000,
} as const;

/** Makes the definition of such an output. */
export function defineChat<Schema extends TObject>({
  requestOf,
  resultOf,
  ...definition
}: Chat<Schema>): OutputDefinition<Schema> {
  return {
    ...definition,
    ...CHAT_LANE,
    async send({ settings, http, signal }, deliveries) {
      const answer = await http.request(postRequest(requestOf(settings, deliveries), signal));
      return resultOf(answer, settings);
    },
  };
}

/** For chats that are posted to by a URL alone. */
export function checkWebhookUrl({ webhookUrl }: { readonly webhookUrl: string }): Mistake[] {
  return checkHttpUrl('webhookUrl', webhookUrl);
}
