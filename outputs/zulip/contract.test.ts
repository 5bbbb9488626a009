import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import { waitsAsTold } from '../../test/contract/rate-limit.ts';
import zulip from './index.ts';

const settings = (url: string) => ({
  url,
  email: 'bot@example.org',
  apiKey: 'planted-api-key',
  channel: 'security & more',
  messageFormat: '{{ .Output }}',
});

const basic = Buffer.from('bot@example.org:planted-api-key').toString('base64');

chatContract<{ readonly content: string }>(zulip, {
  settings,
  request: 'POST /api/v1/messages',
  headers: {
    authorization: `Basic ${basic}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
  answer: { status: 200, body: '{"id":42,"msg":"","result":"success"}' },
  lookalikes: [
    { status: 200 },
    { status: 200, body: '{"result":"error","msg":"x"}' },
    { status: 204 },
  ],
  bytesMax: 120_000,
  read({ body }) {
    const { content = '', ...rest } = Object.fromEntries(new URLSearchParams(body));
    assert.deepEqual(rest, { type: 'stream', to: 'security & more', topic: 'Tocsin' });
    return { content };
  },
  check({ content }) {
    assert.ok(content !== '' && content.length <= 10_000);
    return Number(/^\*\*(\d+) alerts?[*,]/.exec(content)?.[1] ?? 1);
  },
});

const error = (code: string, msg: string) => ({ result: 'error', code, msg });

answersMean(zulip, settings, [
  [400, error('STREAM_DOES_NOT_EXIST', "Channel 'x' does not exist"), 'retry/client'],
  [400, error('BAD_REQUEST', "Not authorized to send to channel 'x'"), 'retry/client'],
  [400, error('BAD_REQUEST', 'Message must not be empty'), 'reject/payload'],
  [401, error('INVALID_API_KEY', 'Invalid API key'), 'retry/auth'],
]);

waitsAsTold(
  zulip,
  settings,
  { ...error('RATE_LIMIT_HIT', 'API usage exceeded rate limit'), 'retry-after': 28.706 },
  28_706,
);
