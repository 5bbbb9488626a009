import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import wecom from './index.ts';
import type { WecomMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/cgi-bin/webhook/send?key=planted-key`,
  messageFormat: '{{ .Output }}',
});

chatContract<WecomMessage>(wecom, {
  settings,
  request: 'POST /cgi-bin/webhook/send?key=planted-key',
  answer: { status: 200, body: '{"errcode":0,"errmsg":"ok"}' },
  lookalikes: [
    { status: 200 },
    { status: 204 },
    { status: 200, body: '{"errcode":45009,"errmsg":"api freq out of limit"}' },
  ],
  bytesMax: 20_000,
  check({ msgtype, markdown: { content } }) {
    assert.equal(msgtype, 'markdown');
    const bytes = Buffer.byteLength(content);
    assert.ok(bytes > 0 && bytes <= 4096, `${bytes} bytes`);
    return Number(/^\*\*(\d+) alerts?[*,]/.exec(content)?.[1] ?? 1);
  },
});

answersMean(wecom, settings, [
  [200, { errcode: 93_000, errmsg: 'invalid webhook url, hint: [1]' }, 'retry/client'],
  [
    200,
    { errcode: 93_000, errmsg: 'Invalid input : content exceed max length. hint: [1]' },
    'reject/payload',
  ],
  [200, { errcode: 45_009, errmsg: 'api freq out of limit' }, 'retry/rateLimited'],
  [200, { errcode: 40_058, errmsg: 'markdown.content exceed max length 4096' }, 'reject/payload'],
  [200, { errcode: -1, errmsg: 'system error' }, 'retry/server'],
]);
