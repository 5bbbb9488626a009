import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import twilio from './index.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const apiKeySid = `SK${'1'.repeat(32)}`;
const settings = (url: string) => ({
  accountSid,
  secret: 'planted-secret',
  from: '+15017122661',
  to: '+15558675310',
  url,
});

for (const [variant, own, user] of [
  ['account', {}, accountSid],
  ['API key', { apiKeySid }, apiKeySid],
] as const) {
  httpContract(twilio, {
    variant,
    settings: (url) => ({ ...settings(url), ...own }),
    accepted: () => ({
      status: 201,
      body: '{"sid":"SM00000000000000000000000000000000","status":"queued","error_code":null}',
    }),
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length);
      requests.forEach(({ method, path, headers, body }, n) => {
        const endpoint = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
        assert.equal(`${method} ${path}`, `POST ${endpoint}`);
        assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
        const credentials = Buffer.from(`${user}:planted-secret`).toString('base64');
        assert.equal(headers['authorization'], `Basic ${credentials}`);
        const {
          To: to,
          From: from,
          Body: text = '',
          ...others
        } = Object.fromEntries(new URLSearchParams(body));
        assert.deepEqual([to, from, others], ['+15558675310', '+15017122661', {}]);
        assert.ok(text.length > 0 && text.length <= 320);
        assert.ok(text.endsWith(`(${deliveries[n]!.alert.uuid})`));
        assert.doesNotMatch(text, /:\/\/|[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      });
    },
    sendsNumbers: false,
    lookalikes: [{ status: 201 }, { status: 201, body: '{"sid":"SM0","status":"failed"}' }],
    oddAlerts: 80,
  });
}

answersMean(twilio, settings, [
  [400, { code: 21211, message: "Invalid 'To' Phone Number", status: 400 }, 'retry/client'],
  [400, { code: 21606, message: "The 'From' number is not yours", status: 400 }, 'retry/client'],
  [400, { code: 21610, message: 'Attempt to send to unsubscribed', status: 400 }, 'retry/client'],
  [
    400,
    { code: 21611, message: 'This From number has exceeded', status: 400 },
    'retry/rateLimited',
  ],
  [400, { code: 21617, message: 'The concatenated body exceeds', status: 400 }, 'reject/payload'],
  [401, { code: 20003, message: 'Authenticate', status: 401 }, 'retry/auth'],
  [429, { code: 20429, message: 'Too many requests', status: 429 }, 'retry/rateLimited'],
]);
