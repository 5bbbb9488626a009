import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { withoutSecret } from '../../src/output/http-excerpt.ts';
import { below } from '../../src/output/http-url.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { pushoverForm } from './payload.ts';
import { schema } from './settings.ts';

export default defineOneByOne({
  id: 'pushover',
  title: 'Pushover',
  category: 'alerting',
  summary: 'Pushes alerts to phones through Pushover, again and again until somebody acknowledges.',
  schema,
  example: { token: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi', user: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG' },
  // Pushover asks for no more than two connections at once.
  concurrency: 2,
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, delivery) => ({
    url: below(settings.url, '/1/messages.json'),
    body: pushoverForm(settings, delivery),
  }),
  // What is wrong is named: `{"status": 0, "token": "invalid"}`.
  resultOf: (answer, { token, user }) =>
    resultByRules(withoutSecret(withoutSecret(answer, token), user), {
      isTaken: (taken) => objectIn(taken)['status'] === 1,
      expected: 'Pushover answers with the status 1',
      isAboutCredentials: (refusal) =>
        ['token', 'user'].some((name) => objectIn(refusal)[name] === 'invalid'),
      isAboutSettings: (refusal) => OURS.some((name) => name in objectIn(refusal)),
    }),
});

/** Parameters that come from the settings alone. */
const OURS = ['device', 'sound', 'retry', 'expire'] as const;
