import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import pushover from './index.ts';

const settings = (url: string) => ({
  token: 'planted0token0of0thirty0chars0',
  user: 'planted0user0key0thirty0chars0',
  url,
});
const refused = { status: 0, request: 'r' };

httpContract(pushover, {
  settings,
  accepted: () => ({
    status: 200,
    body: '{"status":1,"request":"647d2300-702c-4b38-8b2f-d56326ae460b"}',
  }),
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    requests.forEach(({ method, path, headers, body }, n) => {
      assert.equal(`${method} ${path}`, 'POST /1/messages.json');
      assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
      const form = new URLSearchParams(body);
      const { token, user } = settings('');
      assert.deepEqual([form.get('token'), form.get('user')], [token, user]);
      assert.ok(!form.has('html'));
      const [title, message] = [form.get('title') ?? '', form.get('message') ?? ''];
      assert.ok(title.length > 0 && title.length <= 250);
      assert.ok(message.length > 0 && message.length <= 1024);
      assert.ok(message.endsWith(`\nUuid: ${deliveries[n]!.alert.uuid}`));
      assert.doesNotMatch(title + message, /:\/\/|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      assert.match(form.get('priority') ?? '', /^(-[12]|[012])$/);
      assert.match(form.get('timestamp') ?? '', /^\d{10}$/);
      const isRepeated = form.get('priority') === '2';
      assert.equal(Number(form.get('retry')) >= 30, isRepeated);
      assert.equal(form.has('expire'), isRepeated);
    });
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: '{"status":0}' }, { status: 204 }],
  oddAlerts: 100,
});

answersMean(pushover, settings, [
  [400, { ...refused, token: 'invalid', errors: ['application token is invalid'] }, 'retry/auth'],
  [400, { ...refused, user: 'invalid', errors: ['user identifier is not valid'] }, 'retry/auth'],
  [400, { ...refused, device: 'invalid', errors: ['device is not valid'] }, 'retry/client'],
  [400, { ...refused, message: 'cannot be blank', errors: ['message'] }, 'reject/payload'],
  [429, { ...refused, errors: ['application is over its quota'] }, 'retry/rateLimited'],
]);
