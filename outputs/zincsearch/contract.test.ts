import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import { jsonReply } from '../../test/support/bulk-server.ts';
import zincsearch from './index.ts';

const settings = (url: string) => ({ url, username: 'falco', password: 'planted-password' });
const taken = (count: number) => ({ message: 'bulk data inserted', record_count: count });

pushContract(zincsearch, {
  settings,
  path: '/api/_bulk',
  headers: { authorization: `Basic ${Buffer.from('falco:planted-password').toString('base64')}` },
  accepted: (count) => jsonReply(taken(count)),
  documentsIn({ body }) {
    const lines = body.trimEnd().split('\n');
    const ids = lines
      .filter((_, n) => n % 2 === 0)
      .map((line) => (JSON.parse(line) as { index: { _id: string; _index: string } }).index);
    assert.ok(ids.every(({ _id, _index }) => _index === 'falco' && /^[0-9a-f]{32}$/.test(_id)));
    const documents = lines.filter((_, n) => n % 2 === 1);
    for (const document of documents) {
      const { '@timestamp': at, time } = JSON.parse(document) as Record<string, unknown>;
      assert.equal(at, time);
    }
    return documents;
  },
  lookalikes: [{ status: 200 }, { status: 204 }, jsonReply({}), jsonReply(taken(10_000))],
});

answersMean(zincsearch, settings, [
  [200, taken(1), 'delivered'],
  [200, taken(0), 'reject/payload'],
  [400, { error: 'bad request' }, 'reject/payload'],
  [401, { auth: 'Invalid credentials' }, 'retry/auth'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [500, '', 'retry/server'],
]);
