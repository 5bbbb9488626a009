import type { Static, TObject } from 'typebox';
import { type Delivery, ONE_BY_ONE, type OutputDefinition, type SingleResult } from './define.ts';
import { sendEach } from './each.ts';
import type { HttpAnswer } from './http.ts';
import { type PostRequest, postRequest } from './post-request.ts';

/** Outputs that post a request for each alert, and read in its answer what became of it. */

type OneByOne<Schema extends TObject> = Pick<
  OutputDefinition<Schema>,
  'id' | 'title' | 'category' | 'summary' | 'schema' | 'example' | 'validate' | 'concurrency'
> & {
  readonly requestOf: (settings: Static<Schema>, delivery: Delivery) => PostRequest;
  readonly resultOf: (answer: HttpAnswer, settings: Static<Schema>) => SingleResult;
};

/** Makes the definition of such an output. Of two attempts, one is kept for urgent alerts. */
export function defineOneByOne<Schema extends TObject>({
  requestOf,
  resultOf,
  ...definition
}: OneByOne<Schema>): OutputDefinition<Schema> {
  return {
    ...ONE_BY_ONE,
    ...definition,
    send: ({ settings, http, signal }, deliveries) =>
      sendEach(deliveries, async (delivery) => {
        const request = postRequest(requestOf(settings, delivery), signal);
        return resultOf(await http.request(request), settings);
      }),
  };
}
