import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import { jsonReply } from '../../test/support/bulk-server.ts';
import openobserve from './index.ts';
import { documents } from './payload.ts';

const settings = (url: string) => ({
  url,
  organization: 'soc',
  username: 'falco',
  password: 'planted-password',
});
const taken = (successful: number, failed = 0) => ({
  code: 200,
  status: [{ name: 'falco', successful, failed, error: failed > 0 ? 'Too old data' : '' }],
});

pushContract(openobserve, {
  settings,
  path: '/api/soc/falco/_json',
  headers: {
    authorization: `Basic ${Buffer.from('falco:planted-password').toString('base64')}`,
    'content-type': 'application/json',
  },
  accepted: (count) => jsonReply(taken(count)),
  documentsIn({ body }) {
    const all = JSON.parse(body) as { _timestamp?: number; tags: string[] }[];
    for (const { _timestamp: timeUs, tags } of all) {
      // The alerts are months old, and OpenObserve would refuse them.
      assert.equal(timeUs, undefined);
      assert.ok(tags.includes('late'));
    }
    return all.map((one) => JSON.stringify(one));
  },
  lookalikes: [{ status: 200 }, { status: 204 }, jsonReply({}), jsonReply({ code: 200 })],
});

answersMean(openobserve, settings, [
  [200, taken(1), 'delivered'],
  [200, taken(0, 1), 'reject/payload'],
  [200, taken(0), 'retry/client'],
  [400, { code: 400 }, 'reject/payload'],
  [401, '', 'retry/auth'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);

test('an alert is filed under its own time, unless OpenObserve would refuse that', () => {
  const delivery = deliveryOf(alertWith({ tags: ['a'] }));
  const timeMs = Date.parse('2026-08-11T00:04:09.137Z');
  const at = (nowMs: number) => {
    const text = documents([delivery], { format: 'falco', ageMax: 3_600_000 }, nowMs);
    const [{ _timestamp, tags, time }] = JSON.parse(text) as [Record<string, unknown>];
    return [_timestamp, tags, time];
  };
  const time = '2026-08-11T00:04:09.137331079Z';
  assert.deepEqual(at(timeMs + 1000), [timeMs * 1000 + 331, ['a'], time]);
  const late = timeMs + 3_600_001;
  assert.deepEqual(at(late), [undefined, ['a', 'late'], time]);
  const early = timeMs - 24 * 3_600_000;
  assert.deepEqual(at(early), [undefined, ['a', 'late'], time]);
});
