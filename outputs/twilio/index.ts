import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import {
  defineOutput,
  type Delivery,
  type SendContext,
  type SingleResult,
} from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { basicAuth, below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { twilioForm } from './payload.ts';
import { mistakesIn, schema, type TwilioSettings } from './settings.ts';

export default defineOutput({
  id: 'twilio',
  title: 'Twilio SMS',
  category: 'alerting',
  summary: 'Sends alerts as text messages to one phone through Twilio.',
  schema,
  example: {
    accountSid: 'AC00000000000000000000000000000000',
    secret: '0123456789abcdef0123456789abcdef',
    from: '+15017122661',
    to: '+15558675310',
  },
  batch: { alertsMax: 1, waitMs: 0 },
  concurrency: 1,
  validate: mistakesIn,
  send: (context, deliveries) => sendEach(deliveries, (delivery) => post(context, delivery)),
});

async function post(
  { settings, http, signal }: SendContext<TwilioSettings>,
  delivery: Delivery,
): Promise<SingleResult> {
  const { url, accountSid, apiKeySid = accountSid, secret } = settings;
  const answer = await http.request({
    method: 'POST',
    url: below(url, `/2010-04-01/Accounts/${accountSid}/Messages.json`),
    headers: {
      authorization: basicAuth(apiKeySid, secret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: twilioForm(settings, delivery).toString(),
    signal,
  });
  return resultOf(answer);
}

/** A message that Twilio has taken has a SID; it is sent later. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  const { sid, status, code } = objectIn(answer);
  if (result.outcome === 'delivered') {
    const isOwn = typeof sid === 'string' && status !== 'failed' && status !== 'undelivered';
    return isOwn ? result : foreignAnswer(answer, 'Twilio answers with the SID of the message');
  }
  if (result.outcome !== 'reject') return result;
  const { detail } = result;
  if (code === QUEUE_IS_FULL) return { outcome: 'retry', reason: 'rateLimited', detail };
  return ABOUT_THE_NUMBERS.has(Number(code))
    ? { outcome: 'retry', reason: 'client', detail }
    : result;
}

const QUEUE_IS_FULL = 21611;

/**
 * The number, the sender or the service is wrong, missing, not permitted or has unsubscribed.
 *
 * @see https://www.twilio.com/docs/api/errors
 */
const ABOUT_THE_NUMBERS: ReadonlySet<number> = new Set([
  21211, 21212, 21214, 21217, 21219, 21408, 21603, 21604, 21606, 21607, 21608, 21610, 21612, 21614,
  21659, 21660, 21701, 21703, 21704, 21705,
]);
