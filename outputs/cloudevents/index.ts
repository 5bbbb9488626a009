import { acceptAnyButPage } from '../../src/output/answer.ts';
import {
  defineOutput,
  type Delivery,
  type SendContext,
  type SendResult,
} from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { sendByWay, wayHeaders } from '../../src/output/loop.ts';
import { postAlert } from '../../src/output/post-alert.ts';
import { batchRequest, binaryRequest, structuredRequest } from './payload.ts';
import { type CloudEventsSettings, mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'cloudevents',
  title: 'CloudEvents',
  category: 'functions',
  summary: 'Posts alerts as CloudEvents 1.0 to whatever takes them: Knative, Event Grid, a broker.',
  schema,
  example: { url: 'http://broker-ingress.knative-eventing.svc/falco/default' },
  batch: ({ mode }) =>
    mode === 'batch'
      ? { alertsMax: 100, bytesMax: 1024 * 1024, waitMs: 0 }
      : { alertsMax: 1, waitMs: 0 },
  concurrency: 4,
  validate: mistakesIn,
  send: (context, deliveries) =>
    context.settings.mode === 'batch'
      ? postBatch(context, deliveries)
      : sendEach(deliveries, (delivery) =>
          postAlert(context, REQUESTS[context.settings.mode](context.settings, delivery), delivery),
        ),
});

const REQUESTS = {
  binary: binaryRequest,
  structured: structuredRequest,
  batch: structuredRequest,
} as const;

function postBatch(
  { settings, http, signal }: SendContext<CloudEventsSettings>,
  deliveries: readonly Delivery[],
): Promise<SendResult> {
  return sendByWay(deliveries, (same) => {
    const { url, headers = {}, body = '' } = batchRequest(settings, same);
    const way = wayHeaders(same[0] as Delivery);
    return http.postJson(url, body, {
      signal,
      headers: mergeHeaders(headers, way),
      accept: acceptAnyButPage,
    });
  });
}
