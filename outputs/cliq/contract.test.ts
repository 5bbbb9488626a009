import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import cliq from './index.ts';
import type { CliqMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/api/v2/channelsbyname/alerts/message?zapikey=planted-key`,
  messageFormat: '{{ .Rule }}',
});

chatContract<CliqMessage>(cliq, {
  settings,
  request: 'POST /api/v2/channelsbyname/alerts/message?zapikey=planted-key',
  headers: { 'content-type': 'application/json' },
  answer: { status: 204 },
  lookalikes: [{ status: 202 }],
  bytesMax: 100_000,
  check({ text, bot, slides = [] }) {
    assert.equal(bot.name, 'Tocsin');
    assert.ok(text !== '' && text.length <= 4000, `${text.length} characters`);
    for (const { type, data } of slides) {
      if (type === 'text') assert.notEqual(data, '');
      else assert.ok(data.rows.every(({ field, value }) => field !== '' && value !== ''));
    }
    return Number(/^\*(\d+) alerts?[*,]/.exec(text)?.[1] ?? 1);
  },
});

answersMean(cliq, settings, [
  [400, { code: 'operation_failed', message: 'URL throttle limits exceeded' }, 'retry/rateLimited'],
  [400, { code: 'channel_not_found' }, 'retry/client'],
  [400, { code: 'param_invalid' }, 'reject/payload'],
  [401, { code: 'oauthtoken_invalid' }, 'retry/auth'],
]);
