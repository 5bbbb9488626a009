import assert from 'node:assert/strict';
import type { Delivery } from '../../src/output/define.ts';
import { epochMs } from '../../src/output/time.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import { jsonReply } from '../../test/support/bulk-server.ts';
import grafana from './index.ts';

const settings = (url: string) => ({
  url,
  token: 'planted-token',
  dashboardUid: 'falco',
  tagFields: true,
});

httpContract(grafana, {
  settings,
  accepted: () => jsonReply({ message: 'Annotation added', id: 1 }),
  check(requests: readonly Received[], deliveries: readonly Delivery[]) {
    assert.equal(requests.length, deliveries.length);
    for (const [n, { method, path, headers, body }] of requests.entries()) {
      assert.deepEqual([method, path], ['POST', '/api/annotations']);
      assert.equal(headers['authorization'], 'Bearer planted-token');
      const { dashboardUID, time, tags, text } = JSON.parse(body) as Record<string, unknown>;
      assert.equal(dashboardUID, 'falco');
      assert.equal(time, epochMs(deliveries[n]?.alert.time ?? ''));
      assert.doesNotMatch(String(text), /[<>]/);
      for (const tag of tags as string[]) {
        assert.ok(tag.length <= 100);
        assert.doesNotMatch(tag, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      }
    }
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 204 }, jsonReply({}), jsonReply({ message: 'ok' })],
  oddAlerts: 100,
});

answersMean(grafana, settings, [
  [400, { message: 'bad request data' }, 'reject/payload'],
  [401, { message: 'Unauthorized' }, 'retry/auth'],
  [403, { message: 'Access denied' }, 'retry/auth'],
  [404, { message: 'Dashboard not found' }, 'retry/client'],
  [500, '', 'retry/server'],
]);
