import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { basicAuth, below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { twilioForm } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOneByOne({
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
  concurrency: 1,
  validate: mistakesIn,
  requestOf(settings, delivery) {
    const { url, accountSid, apiKeySid = accountSid, secret } = settings;
    return {
      url: below(url, `/2010-04-01/Accounts/${accountSid}/Messages.json`),
      headers: { authorization: basicAuth(apiKeySid, secret) },
      body: twilioForm(settings, delivery),
    };
  },
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken,
      expected: 'Twilio answers with the SID of the message',
      isRateLimit: (refusal) => objectIn(refusal)['code'] === QUEUE_IS_FULL,
      isAboutSettings: (refusal) => ABOUT_THE_NUMBERS.has(Number(objectIn(refusal)['code'])),
    }),
});

/** A message that Twilio has taken has a SID; it is sent later. */
function isTaken(answer: HttpAnswer): boolean {
  const { sid, status } = objectIn(answer);
  return typeof sid === 'string' && status !== 'failed' && status !== 'undelivered';
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
