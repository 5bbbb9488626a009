import { type CodeReasons, resultByCode } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { larkMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'lark',
  title: 'Lark and Feishu',
  summary: 'Posts alerts to a group of Lark or Feishu through a custom bot.',
  schema,
  example: { webhookUrl: 'https://open.larksuite.com/open-apis/bot/v2/hook/XXXX', secret: 'XXXX' },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: larkMessage(settings, deliveries, Date.now()),
  }),
  resultOf: (answer) => resultByCode(answer, ['code', 'StatusCode'], REASONS),
});

const REASONS: CodeReasons = {
  9499: 'payload',
  11_232: 'rateLimited',
  11_246: 'payload',
  // No such bot.
  19_001: 'client',
  19_002: 'payload',
  // Signature, address, keyword: what the bot wants of every message.
  19_021: 'auth',
  19_022: 'auth',
  19_024: 'client',
  230_025: 'payload',
  // What all of Lark's API says of too many requests.
  99_991_400: 'rateLimited',
};
