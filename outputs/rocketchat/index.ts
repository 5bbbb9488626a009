import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { rocketchatMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'rocketchat',
  title: 'Rocket.Chat',
  summary: 'Posts alerts to a Rocket.Chat channel through an incoming webhook.',
  schema,
  example: { webhookUrl: 'https://rocketchat.example.org/hooks/xxxxxxxx/yyyyyyyy' },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: rocketchatMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: (taken) => objectIn(taken)['success'] === true,
      expected: 'Rocket.Chat says success',
      isAboutSettings: (refusal) => ABOUT_CHANNEL.test(errorIn(refusal)),
      waitSeconds: (refusal) => Number(/wait (\d+) seconds/.exec(errorIn(refusal))?.[1]),
    }),
});

function errorIn(answer: HttpAnswer): string {
  return String(objectIn(answer)['error']);
}

/** Errors about the channel, or about the user that the integration posts as. */
const ABOUT_CHANNEL = new RegExp(
  [
    'invalid-channel|invalid-room|invalid-user|not-allowed|archived|Invalid integration',
    'overriding destination channel|room_is_blocked|room is readonly|been_muted',
  ].join('|'),
  'i',
);
