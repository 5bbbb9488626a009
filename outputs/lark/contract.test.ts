import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import lark from './index.ts';
import type { LarkMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/open-apis/bot/v2/hook/planted-id`,
});

chatContract<LarkMessage>(lark, {
  settings,
  request: 'POST /open-apis/bot/v2/hook/planted-id',
  answer: { status: 200, body: '{"StatusCode":0,"StatusMessage":"success","code":0,"msg":""}' },
  lookalikes: [
    { status: 200 },
    { status: 204 },
    { status: 200, body: '{"code":"0"}' },
    { status: 200, body: '{"code":11232,"msg":"frequency limited"}' },
  ],
  bytesMax: 20_000,
  check({ msg_type: type, card: { header, elements } }) {
    assert.equal(type, 'interactive');
    for (const { tag, content } of [header.title, ...elements.map(({ text }) => text)]) {
      assert.equal(tag, 'plain_text');
      assert.notEqual(content, '');
    }
    return Number(/^(\d+) alerts?(?:,|$)/.exec(header.title.content)?.[1] ?? 1);
  },
});

answersMean(lark, settings, [
  [200, { code: 9499, msg: 'Bad Request' }, 'reject/payload'],
  [200, { code: 11_232, msg: 'frequency limited' }, 'retry/rateLimited'],
  [400, { code: 19_001, msg: 'incoming webhook access token invalid' }, 'retry/client'],
  [200, { code: 19_021, msg: 'sign match fail or timestamp is not within one hour' }, 'retry/auth'],
  [200, { code: 19_024, msg: 'Key Words Not Found' }, 'retry/client'],
  [200, { code: 7, msg: 'unheard of' }, 'retry/server'],
  [400, { code: 99_991_400, msg: 'request trigger frequency limit' }, 'retry/rateLimited'],
  // Servers of a company's own have the older names.
  [200, { StatusCode: 0, StatusMessage: 'success' }, 'delivered'],
  [200, { StatusCode: 9499, StatusMessage: 'Bad Request' }, 'reject/payload'],
]);
