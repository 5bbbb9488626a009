import assert from 'node:assert/strict';
import { httpContract } from '../../test/contract/http-contract.ts';
import grafanaoncall from './index.ts';
import type { FormattedAlert } from './payload.ts';

httpContract(grafanaoncall, {
  settings: (origin) => ({
    webhookUrl: `${origin}/integrations/v1/formatted_webhook/planted-token/`,
    headers: { Authorization: 'Bearer planted-bearer' },
  }),
  accepted: () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '"Ok."',
  }),
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    requests.forEach(({ method, path, headers, body }, n) => {
      assert.equal(`${method} ${path}`, 'POST /integrations/v1/formatted_webhook/planted-token/');
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers['authorization'], 'Bearer planted-bearer');
      assert.ok(Buffer.byteLength(body) < 1_000_000);
      const sent = JSON.parse(body) as FormattedAlert;
      const { alert, key } = deliveries[n]!;
      assert.deepEqual([sent.alert_uid, sent.state], [key, 'alerting']);
      assert.equal(sent.details?.['uuid'], alert.uuid);
      for (const text of [sent.title, sent.message]) {
        assert.doesNotMatch(text, /<[a-z/!?@#]|\]\(|`|[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/iu);
      }
    });
  },
  sendsNumbers: true,
  oddAlerts: 100,
});
