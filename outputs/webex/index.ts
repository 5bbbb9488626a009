import { isHtmlPage } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { webexMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'webex',
  title: 'Webex',
  summary: 'Posts alerts to a space of Cisco Webex through an incoming webhook.',
  schema,
  example: { webhookUrl: 'https://webexapis.com/v1/webhooks/incoming/XXXX' },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: webexMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: (taken) => taken.status === 204 || (taken.status === 200 && !isHtmlPage(taken)),
      expected: 'Webex says 204 and nothing',
    }),
});
