import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { withoutSecret } from '../../src/output/http-excerpt.ts';
import { basicAuth } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { ntfyMessage } from './payload.ts';
import { mistakesIn, type NtfySettings, schema } from './settings.ts';

export default defineOneByOne({
  id: 'ntfy',
  title: 'ntfy',
  category: 'alerting',
  summary: 'Pushes alerts to phones and browsers through a topic of ntfy.',
  schema,
  example: { url: 'https://ntfy.example.org', topic: 'falco-6fJ2bqW9', token: 'tk_0123456789' },
  validate: mistakesIn,
  requestOf: (settings, delivery) => ({
    url: settings.url,
    headers: { 'content-type': 'application/json', ...authorization(settings) },
    body: ntfyMessage(settings, delivery),
  }),
  resultOf: (answer, { topic }) =>
    resultByRules(withoutSecret(answer, topic), {
      isTaken: isMessage,
      expected: 'ntfy answers with the message and its id',
      isAboutSettings: (refusal) => ABOUT_THE_TOPIC.has(Number(objectIn(refusal)['code'])),
    }),
});

function authorization({ token, username, password = '' }: NtfySettings): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  return username === undefined ? {} : { authorization: basicAuth(username, password) };
}

/** The message as its readers get it. */
function isMessage(answer: HttpAnswer): boolean {
  const { id, event } = objectIn(answer);
  return typeof id === 'string' && event === 'message';
}

/** "topic invalid" and "topic name is disallowed", of `server/errors.go`. */
const ABOUT_THE_TOPIC: ReadonlySet<number> = new Set([40009, 40010]);
