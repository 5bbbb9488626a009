import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import {
  defineOutput,
  type Delivery,
  type SendContext,
  type SingleResult,
} from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { withoutSecret } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { pushoverForm } from './payload.ts';
import { type PushoverSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'pushover',
  title: 'Pushover',
  category: 'alerting',
  summary: 'Pushes alerts to phones through Pushover, again and again until somebody acknowledges.',
  schema,
  example: { token: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi', user: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG' },
  batch: { alertsMax: 1, waitMs: 0 },
  // Pushover asks for no more than two connections at once.
  concurrency: 2,
  validate: ({ url }) => checkHttpUrl('url', url),
  send: (context, deliveries) => sendEach(deliveries, (delivery) => post(context, delivery)),
});

async function post(
  { settings, http, signal }: SendContext<PushoverSettings>,
  delivery: Delivery,
): Promise<SingleResult> {
  const answer = await http.request({
    method: 'POST',
    url: below(settings.url, '/1/messages.json'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: pushoverForm(settings, delivery).toString(),
    signal,
  });
  return resultOf(withoutSecret(withoutSecret(answer, settings.token), settings.user));
}

/** Taken is the status 1. What is wrong is named: `{"status": 0, "token": "invalid"}`. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  const { status, ...named } = objectIn(answer);
  if (result.outcome === 'delivered') {
    return status === 1 ? result : foreignAnswer(answer, 'Pushover answers with the status 1');
  }
  if (result.outcome === 'retry') return result;
  const { detail } = result;
  if (named['token'] === 'invalid' || named['user'] === 'invalid') {
    return { outcome: 'retry', reason: 'auth', detail };
  }
  return OURS.some((name) => name in named)
    ? { outcome: 'retry', reason: 'client', detail }
    : result;
}

/** Parameters that come from the settings alone. */
const OURS = ['device', 'sound', 'retry', 'expire'] as const;
