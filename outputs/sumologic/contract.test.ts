import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import sumologic from './index.ts';

const PATH = '/receiver/v1/http/planted-token-of-the-source';
const settings = (origin: string) => ({
  url: `${origin}${PATH}`,
  category: 'a/b',
  compress: false,
});

pushContract(sumologic, {
  settings,
  path: PATH,
  headers: { 'x-sumo-category': 'a/b' },
  accepted: () => ({ status: 200 }),
  documentsIn({ body }) {
    const lines = body.split('\n');
    for (const line of lines) assert.ok(Buffer.byteLength(line) <= 64 * 1024);
    return lines;
  },
  lookalikes: [{ status: 204 }, { status: 200, body: 'ok' }, { status: 202 }],
});

answersMean(sumologic, settings, [
  [200, '', 'delivered'],
  [400, '{"code":"request.body.invalid"}', 'reject/payload'],
  [401, '', 'retry/auth'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);
