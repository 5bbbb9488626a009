import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import incidentio from './index.ts';
import type { AlertEvent } from './payload.ts';

const settings = (url: string) => ({ sourceId: '01GW2G3V0S', token: 'planted-token', url });

httpContract(incidentio, {
  settings,
  accepted: () => ({
    status: 202,
    body: '{"deduplication_key":"k","message":"Event accepted for processing","status":"success"}',
  }),
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    requests.forEach(({ method, path, headers, body }, n) => {
      assert.equal(`${method} ${path}`, 'POST /v2/alert_events/http/01GW2G3V0S');
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers['authorization'], 'Bearer planted-token');
      const sent = JSON.parse(body) as AlertEvent;
      const { alert, key } = deliveries[n]!;
      assert.deepEqual([sent.status, sent.deduplication_key], ['firing', key]);
      assert.equal(sent.metadata['uuid'], alert.uuid);
      assert.ok(sent.title.length > 0);
      assert.doesNotMatch(sent.title, /<[a-z/!?@#]|\]\(|`|[\p{Cc}\p{Bidi_Control}]/iu);
      assert.doesNotMatch(sent.description, /(?<!\\)(\\\\)*[<>[\]`]|[\p{Cc}\p{Bidi_Control}]/u);
      assert.ok(Buffer.byteLength(body) < 500_000);
    });
  },
  sendsNumbers: true,
  lookalikes: [{ status: 202 }, { status: 200, body: '{"status":"success"}' }, { status: 204 }],
  oddAlerts: 100,
});

answersMean(incidentio, settings, [
  [401, { type: 'authentication_error', status: 401 }, 'retry/auth'],
  [404, { type: 'not_found', status: 404 }, 'retry/client'],
  [422, { type: 'validation_error', status: 422 }, 'reject/payload'],
  [429, { type: 'too_many_requests', status: 429 }, 'retry/rateLimited'],
]);
