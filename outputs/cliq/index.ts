import { isHtmlPage, objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { cliqMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'cliq',
  title: 'Zoho Cliq',
  summary: 'Posts alerts to a channel of Zoho Cliq.',
  schema,
  example: {
    webhookUrl: 'https://cliq.zoho.com/api/v2/channelsbyname/alerts/message?zapikey=XXXX',
  },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    headers: { 'content-type': 'application/json' },
    body: cliqMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: (taken) => taken.status === 204 || (taken.status === 200 && !isHtmlPage(taken)),
      expected: 'Cliq says 204 and nothing',
      isAboutSettings: (refusal) => ABOUT_CHANNEL.test(String(objectIn(refusal)['code'])),
      isRateLimit: (refusal) => /throttle/i.test(String(objectIn(refusal)['message'])),
    }),
});

const ABOUT_CHANNEL = /channel_not_found|invalid_channel|oauthtoken|zapikey|operation_not_allowed/i;
