import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { googlechatMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'googlechat',
  title: 'Google Chat',
  summary: 'Posts alerts to a space of Google Chat through an incoming webhook.',
  schema,
  example: {
    webhookUrl: 'https://chat.googleapis.com/v1/spaces/XXXX/messages?key=XXXX&token=XXXX',
  },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: googlechatMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: (taken) => MESSAGE_NAME.test(String(objectIn(taken)['name'])),
      expected: 'Google Chat answers with the message and its name',
      isAboutSettings: ({ text }) => /API key not valid|FAILED_PRECONDITION/.test(text),
    }),
});

const MESSAGE_NAME = /^spaces\/[^/]+\/messages\/./;
