import { type CodeReasons, resultByCode } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { wecomMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'wecom',
  title: 'WeCom',
  summary: 'Posts alerts to a group of WeCom (WeChat Work) through a group robot.',
  schema,
  example: { webhookUrl: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=XXXX' },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: wecomMessage(settings, deliveries),
  }),
  resultOf: (answer) => resultByCode(answer, ['errcode'], REASONS),
});

const REASONS: CodeReasons = {
  40_008: 'payload',
  40_058: 'payload',
  44_004: 'payload',
  45_002: 'payload',
  45_009: 'rateLimited',
  45_033: 'rateLimited',
  // No such robot, or it is no longer in the group; it was seen with a text that is too long, too.
  93_000: (said) => (/max length|invalid request parameter/i.test(said) ? 'payload' : 'client'),
  93_004: 'client',
  93_008: 'client',
};
