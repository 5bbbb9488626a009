import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import ntfy from './index.ts';
import type { NtfyMessage } from './payload.ts';

const settings = (url: string) => ({ url, topic: 'planted-topic', token: 'tk_planted-token' });

for (const [variant, own, authorization] of [
  ['token', { token: 'tk_planted-token' }, 'Bearer tk_planted-token'],
  [
    'password',
    { username: 'hub', password: 'planted-password' },
    `Basic ${Buffer.from('hub:planted-password').toString('base64')}`,
  ],
] as const) {
  httpContract(ntfy, {
    variant,
    settings: (url) => ({ url, topic: 'planted-topic', ...own }),
    accepted: () => ({
      status: 200,
      body: '{"id":"sPs71M8A2T","time":1643935928,"event":"message","topic":"planted-topic"}',
    }),
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length);
      requests.forEach(({ method, path, headers, body }, n) => {
        assert.equal(`${method} ${path}`, 'POST /');
        assert.equal(headers['authorization'], authorization);
        const sent = JSON.parse(body) as NtfyMessage;
        const { alert, key } = deliveries[n]!;
        assert.deepEqual([sent.topic, sent.sequence_id], ['planted-topic', key]);
        assert.ok(sent.title !== '' && sent.title.length <= 250);
        assert.ok(sent.message !== '' && Buffer.byteLength(sent.message) <= 4096);
        assert.ok(sent.message.endsWith(`\nUuid: ${alert.uuid}`));
        assert.ok(sent.message.split('\n').length <= 3);
        assert.doesNotMatch(body, /:\/\/|\\u001b|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        assert.ok(Number.isInteger(sent.priority) && sent.priority >= 1 && sent.priority <= 5);
      });
    },
    sendsNumbers: false,
    lookalikes: [
      { status: 200 },
      { status: 200, body: '{"id":"x","event":"open"}' },
      { status: 204 },
    ],
    oddAlerts: 100,
  });
}

answersMean(ntfy, settings, [
  [400, { code: 40009, http: 400, error: 'invalid request: topic invalid' }, 'retry/client'],
  [400, { code: 40010, http: 400, error: 'topic name is disallowed' }, 'retry/client'],
  [400, { code: 40024, http: 400, error: 'body must be valid JSON' }, 'reject/payload'],
  [401, { code: 40101, http: 401, error: 'unauthorized' }, 'retry/auth'],
  [403, { code: 40301, http: 403, error: 'forbidden' }, 'retry/auth'],
  [413, { code: 41303, http: 413, error: 'JSON body too large' }, 'reject/payload'],
  [429, { code: 42908, http: 429, error: 'limit reached' }, 'retry/rateLimited'],
]);
