import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
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
import { basicAuth } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { ntfyMessage } from './payload.ts';
import { mistakesIn, type NtfySettings, schema } from './settings.ts';

export default defineOutput({
  id: 'ntfy',
  title: 'ntfy',
  category: 'alerting',
  summary: 'Pushes alerts to phones and browsers through a topic of ntfy.',
  schema,
  example: { url: 'https://ntfy.example.org', topic: 'falco-6fJ2bqW9', token: 'tk_0123456789' },
  ...ONE_BY_ONE,
  validate: mistakesIn,
  send: (context, deliveries) => sendEach(deliveries, (delivery) => post(context, delivery)),
});

async function post(
  { settings, http, signal }: SendContext<NtfySettings>,
  delivery: Delivery,
): Promise<SingleResult> {
  const answer = await http.request({
    method: 'POST',
    url: settings.url,
    headers: { 'content-type': 'application/json', ...authorization(settings) },
    body: JSON.stringify(ntfyMessage(settings, delivery)),
    signal,
  });
  return resultOf(withoutSecret(answer, settings.topic));
}

function authorization({ token, username, password = '' }: NtfySettings): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  return username === undefined ? {} : { authorization: basicAuth(username, password) };
}

/** ntfy answers with the message as its readers get it, or with an error that has a number. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  const { id, event, code } = objectIn(answer);
  if (result.outcome === 'delivered') {
    if (typeof id === 'string' && event === 'message') return result;
    return foreignAnswer(answer, 'ntfy answers with the message and its id');
  }
  if (result.outcome === 'reject' && ABOUT_THE_TOPIC.has(Number(code))) {
    return { outcome: 'retry', reason: 'client', detail: result.detail };
  }
  return result;
}

/** "topic invalid" and "topic name is disallowed", of `server/errors.go`. */
const ABOUT_THE_TOPIC: ReadonlySet<number> = new Set([40009, 40010]);
