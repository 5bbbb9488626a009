import type { Alert } from '../../src/alert.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import type { Delivery, SendContext, SendResult, SingleResult } from '../../src/output/define.ts';
import { defineOutput } from '../../src/output/define.ts';
import { resultOfError, resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { alertTemplateData, compileTemplate } from '../../src/template/index.ts';
import { pagerDutyBody } from './payload.ts';
import type { PagerDutySettings } from './settings.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'pagerduty',
  title: 'PagerDuty',
  category: 'alerting',
  summary: 'Triggers PagerDuty incidents through Events API v2.',
  schema,
  example: { routingKey: '0123456789abcdef0123456789abcdef' },
  batch: { alertsMax: 1, waitMs: 0 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: ({ url }) => (url === undefined ? [] : checkHttpUrl('url', url)),
  send: postEach,
});

type Context = SendContext<PagerDutySettings>;

/** One by one, as the API wants it; what comes after a failure is not tried. */
async function postEach(context: Context, deliveries: readonly Delivery[]): Promise<SendResult> {
  const results: SingleResult[] = [];
  for (const delivery of deliveries) {
    const last = results.at(-1);
    results.push(last?.outcome === 'retry' ? last : await post(context, delivery));
  }
  return results.length === 1 ? (results[0] as SingleResult) : { outcome: 'partial', results };
}

async function post(
  { settings, http, signal }: Context,
  delivery: Delivery,
): Promise<SingleResult> {
  try {
    const answer = await http.request({
      method: 'POST',
      url: settings.url ?? ENDPOINTS[settings.region],
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pagerDutyBody(settings, delivery, dedupKeyOf(settings, delivery))),
      signal,
    });
    return resultOf(withoutKey(answer, settings.routingKey));
  } catch (error) {
    return resultOfError(error);
  }
}

/** @see https://support.pagerduty.com/main/docs/service-regions */
const ENDPOINTS = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/** A template that fails, or says nothing, costs no page: the alert then stands for itself. */
export function dedupKeyOf(
  { dedupKey }: Pick<PagerDutySettings, 'dedupKey'>,
  { alert, key }: Delivery,
): string {
  if (dedupKey === undefined) return key;
  return dedupKey === '' ? '' : rendered(dedupKey, alert) || key;
}

function rendered(template: string, alert: Alert): string {
  try {
    return compileTemplate(template).execute(alertTemplateData(alert)).trim();
  } catch {
    return '';
  }
}

/** The key is in the body, where nobody looks for a credential that an answer may repeat. */
function withoutKey(answer: HttpAnswer, routingKey: string): HttpAnswer {
  return { ...answer, text: answer.text.replaceAll(routingKey, '***') };
}

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
