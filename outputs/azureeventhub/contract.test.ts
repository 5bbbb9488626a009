import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import eventhub from './index.ts';
import { sharedAccessSignature } from './payload.ts';

const policy = { keyName: 'send', key: 'planted-key-of-the-policy' };
const settings = (endpoint: string) => ({
  namespace: 'planted-namespace',
  hub: 'falco',
  endpoint,
  ...policy,
});

interface Event {
  readonly Body: string;
  readonly UserProperties: Readonly<Record<string, string>>;
}

httpContract(eventhub, {
  settings,
  accepted: () => ({ status: 201 }),
  check(requests, deliveries) {
    const events = requests.flatMap(({ method, path, headers, body, bytes }) => {
      assert.equal(`${method} ${path}`, 'POST /falco/messages?api-version=2014-01');
      assert.equal(headers['content-type'], 'application/vnd.microsoft.servicebus.json');
      const authorization = headers['authorization'] ?? '';
      const [, value = ''] = authorization.split(' ');
      const { sr = '', se } = Object.fromEntries(new URLSearchParams(value));
      assert.equal(sr, `http://${headers['host']}/falco`);
      assert.ok(Number(se) > Date.now() / 1000);
      assert.equal(authorization, sharedAccessSignature(sr, policy, Number(se)));
      assert.ok(deliveries.length > 1 || bytes.length <= 1_000_000);
      return JSON.parse(body) as Event[];
    });
    assert.equal(events.length, deliveries.length);
    for (const [n, { Body, UserProperties }] of events.entries()) {
      const { alert, key } = deliveries[n]!;
      assert.equal((JSON.parse(Body) as { uuid: string }).uuid, alert.uuid);
      assert.equal(UserProperties['delivery_key'], key);
      for (const value of Object.values(UserProperties)) {
        assert.doesNotMatch(value, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      }
    }
  },
  sendsNumbers: true,
  lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, { status: 204 }],
  oddAlerts: 100,
});

answersMean(eventhub, settings, [
  [201, '', 'delivered'],
  [401, '<Error><Code>401</Code><Detail>InvalidSignature</Detail></Error>', 'retry/auth'],
  [403, '<Error><Code>403</Code><Detail>Quota exceeded</Detail></Error>', 'retry/auth'],
  [404, '<Error><Code>404</Code></Error>', 'retry/client'],
  [413, '', 'reject/payload'],
  [503, '', 'retry/server'],
]);
