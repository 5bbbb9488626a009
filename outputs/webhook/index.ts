import { acceptAnyButPage } from '../../src/output/answer.ts';
import {
  defineOutput,
  type Delivery,
  type SendContext,
  type SingleResult,
} from '../../src/output/define.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { sendByWay, sendEachOnward } from '../../src/output/loop.ts';
import { webhookBody, webhookHeaders } from './payload.ts';
import { mistakesIn, schema, type WebhookSettings } from './settings.ts';

export default defineOutput({
  id: 'webhook',
  title: 'Webhook',
  category: 'functions',
  summary: 'Posts alerts to any HTTP endpoint, as JSON or in a shape of your own.',
  schema,
  example: {
    url: 'https://alerts.example.org/falco',
    headers: { Authorization: 'Bearer 0123456789abcdef' },
    signingSecret: 'a long random text',
  },
  batch: ({ body }) =>
    CARRIES_MANY.has(body)
      ? { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 20 }
      : { alertsMax: 1, waitMs: 0 },
  concurrency: 4,
  validate: mistakesIn,
  send: (context, deliveries) =>
    CARRIES_MANY.has(context.settings.body)
      ? sendByWay(deliveries, (same) => post(context, same))
      : sendEachOnward(deliveries, (delivery) => post(context, [delivery])),
});

const CARRIES_MANY: ReadonlySet<WebhookSettings['body']> = new Set(['array', 'ndjson']);

/** One request; all its alerts have come the same way. */
async function post(
  { settings, http, signal }: SendContext<WebhookSettings>,
  deliveries: readonly Delivery[],
): Promise<SingleResult> {
  const body = webhookBody(settings, deliveries);
  const headers = webhookHeaders(settings, deliveries, body, Date.now());
  const { url, method } = settings;
  const answer = await http.request({ url, method, headers, body: body.text, signal });
  return resultOf(answer, settings.expectBody);
}

/** A login page or a proxy's page is an answer, too, yet nobody took the alert. */
function resultOf(answer: HttpAnswer, expected: string | undefined): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return result;
  if (expected === undefined) return acceptAnyButPage(answer);
  if (answer.text.includes(expected)) return result;
  const detail = `HTTP ${answer.status} without the text of expectBody`;
  return { outcome: 'retry', reason: 'client', detail };
}
