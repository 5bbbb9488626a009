import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import { jsonReply } from '../../test/support/bulk-server.ts';
import openobserve from './index.ts';

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
