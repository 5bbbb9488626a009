import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import dingtalk from './index.ts';
import type { DingtalkMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/robot/send?access_token=planted-token`,
  messageFormat: '{{ .Rule }}',
});

chatContract<DingtalkMessage>(dingtalk, {
  settings,
  request: 'POST /robot/send?access_token=planted-token',
  answer: { status: 200, body: '{"errcode":0,"errmsg":"ok"}' },
  lookalikes: [
    { status: 200 },
    { status: 204 },
    { status: 200, body: '{"errcode":130101,"errmsg":"send too fast"}' },
  ],
  bytesMax: 20_000,
  check({ msgtype, markdown: { title, text } }) {
    assert.equal(msgtype, 'markdown');
    assert.ok(title !== '' && text !== '');
    return Number(/^\*\*(\d+) alerts?[*,]/.exec(text)?.[1] ?? 1);
  },
});

answersMean(dingtalk, settings, [
  [200, { errcode: 310_000, errmsg: 'sign not match' }, 'retry/auth'],
  [200, { errcode: 300_005, errmsg: 'token is not exist' }, 'retry/auth'],
  [200, { errcode: 130_101, errmsg: 'send too fast' }, 'retry/rateLimited'],
  [200, { errcode: 430_102, errmsg: 'inappropriate text' }, 'reject/payload'],
  [200, { errcode: 40_035, errmsg: 'invalid parameter' }, 'reject/payload'],
  [200, { errcode: 410_100, errmsg: 'send too fast' }, 'retry/rateLimited'],
  [200, { errcode: 400_102, errmsg: 'bot is stopped' }, 'retry/client'],
  [200, { status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: 'u' }, 'retry/rateLimited'],
  [200, '<html>{"status":1111,"wait":5,"punish":"deny"}</html>', 'retry/rateLimited'],
  [200, { errcode: -1, errmsg: 'system busy' }, 'retry/server'],
]);
