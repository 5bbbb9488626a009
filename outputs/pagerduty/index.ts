import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { withoutSecret } from '../../src/output/http-excerpt.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { pagerDutyBody } from './payload.ts';
import { schema } from './settings.ts';

export default defineOneByOne({
  id: 'pagerduty',
  title: 'PagerDuty',
  category: 'alerting',
  summary: 'Triggers PagerDuty incidents through Events API v2.',
  schema,
  example: { routingKey: '0123456789abcdef0123456789abcdef' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, delivery) => ({
    url: settings.url ?? ENDPOINTS[settings.region],
    headers: { 'content-type': 'application/json' },
    body: pagerDutyBody(settings, delivery),
  }),
  resultOf: (answer, { routingKey }) =>
    resultByRules(withoutSecret(answer, routingKey), {
      isTaken: ({ status }) => status === 202,
      expected: 'PagerDuty answers 202',
      // A wrong key is a 400.
      isAboutCredentials: refusesKey,
    }),
});

/** @see https://support.pagerduty.com/main/docs/service-regions */
const ENDPOINTS = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/** `{"status": "invalid event", "message": "…", "errors": ["…'routing_key'…"]}`, or a plain line. */
function refusesKey(answer: HttpAnswer): boolean {
  const { message, errors } = objectIn(answer);
  return (
    ROUTING_KEY.test(`${String(message)} ${String(errors)}`) ||
    /^\W*invalid routing key/i.test(answer.text)
  );
}

const ROUTING_KEY = /routing.key/i;
