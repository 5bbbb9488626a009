import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { defineChat } from '../../src/output/chat-output.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { basicAuth, below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { zulipMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'zulip',
  title: 'Zulip',
  summary: 'Sends alerts to a topic in a channel of Zulip.',
  schema,
  example: {
    url: 'https://example.zulipchat.com',
    email: 'tocsin-bot@example.zulipchat.com',
    apiKey: 'XXXXXXXX',
    channel: 'security',
  },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, deliveries) => ({
    url: below(settings.url, '/api/v1/messages'),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: basicAuth(settings.email, settings.apiKey),
    },
    body: zulipMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: isMessage,
      expected: 'Zulip says success and the id of the message',
      isAboutSettings,
      waitSeconds: (refusal) => objectIn(refusal)['retry-after'],
    }),
});

function isMessage(answer: HttpAnswer): boolean {
  const { result, id } = objectIn(answer);
  return result === 'success' && typeof id === 'number';
}

/** Most refusals have the code BAD_REQUEST, and tell more in their text. */
function isAboutSettings(answer: HttpAnswer): boolean {
  const { code, msg } = objectIn(answer);
  return (
    ABOUT_CHANNEL.has(String(code)) || /not authorized|deactivated|permission/i.test(String(msg))
  );
}

const ABOUT_CHANNEL: ReadonlySet<string> = new Set([
  'STREAM_DOES_NOT_EXIST',
  'TOPIC_WILDCARD_MENTION_NOT_ALLOWED',
  'STREAM_WILDCARD_MENTION_NOT_ALLOWED',
  'USER_DEACTIVATED',
  'REALM_DEACTIVATED',
]);
