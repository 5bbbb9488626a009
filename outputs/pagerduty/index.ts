import { checkHttpUrl } from '../../src/output/check.ts';
import {
  defineOutput,
  type Delivery,
  ONE_BY_ONE,
  type SendContext,
  type SingleResult,
} from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { withoutSecret } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { pagerDutyBody } from './payload.ts';
import { type PagerDutySettings, schema } from './settings.ts';

export default defineOutput({
  id: 'pagerduty',
  title: 'PagerDuty',
  category: 'alerting',
  summary: 'Triggers PagerDuty incidents through Events API v2.',
  schema,
  example: { routingKey: '0123456789abcdef0123456789abcdef' },
  ...ONE_BY_ONE,
  validate: ({ url }) => (url === undefined ? [] : checkHttpUrl('url', url)),
  send: (context, deliveries) => sendEach(deliveries, (delivery) => post(context, delivery)),
});

type Context = SendContext<PagerDutySettings>;

async function post(
  { settings, http, signal }: Context,
  delivery: Delivery,
): Promise<SingleResult> {
  const answer = await http.request({
    method: 'POST',
    url: settings.url ?? ENDPOINTS[settings.region],
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(pagerDutyBody(settings, delivery)),
    signal,
  });
  return resultOf(withoutSecret(answer, settings.routingKey));
}

/** @see https://support.pagerduty.com/main/docs/service-regions */
const ENDPOINTS = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/** PagerDuty takes an event with 202 and nothing else. A wrong key is a 400, and no alert's fault. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered' && answer.status !== 202) {
    const detail = `HTTP ${answer.status}, but PagerDuty answers 202: is this its endpoint?`;
    return { outcome: 'retry', reason: 'client', detail };
  }
  if (result.outcome === 'reject' && refusesKey(answer.text)) {
    return { outcome: 'retry', reason: 'auth', detail: result.detail };
  }
  return result;
}

/** `{"status": "invalid event", "message": "…", "errors": ["…'routing_key'…"]}`, or a plain line. */
function refusesKey(text: string): boolean {
  try {
    const { message, errors } = JSON.parse(text) as { message?: unknown; errors?: unknown };
    return ROUTING_KEY.test(`${String(message)} ${String(errors)}`);
  } catch {
    return /^\W*invalid routing key/i.test(text);
  }
}

const ROUTING_KEY = /routing.key/i;
