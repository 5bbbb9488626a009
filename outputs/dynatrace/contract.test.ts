import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import dynatrace from './index.ts';

const settings = (origin: string) => ({
  url: `${origin}/e/abc/api/`,
  token: 'planted-token',
  compress: false,
});

pushContract(dynatrace, {
  settings,
  path: '/e/abc/api/v2/logs/ingest',
  headers: { authorization: 'Api-Token planted-token' },
  accepted: () => ({ status: 204 }),
  documentsIn({ body }) {
    const logs = JSON.parse(body) as Record<string, unknown>[];
    return logs.map(({ 'event.id': uuid, content, timestamp, ...attributes }) => {
      // The alerts are months old: Dynatrace would drop them.
      assert.equal(timestamp, undefined);
      assert.ok(Buffer.byteLength(JSON.stringify(content)) <= 65_536);
      for (const value of Object.values(attributes)) assert.ok(String(value).length <= 250);
      assert.ok((content as { tags: string[] }).tags.includes('late'));
      return JSON.stringify({ uuid });
    });
  },
  lookalikes: [{ status: 200 }, { status: 202 }, { status: 200, body: '{}' }],
});

const PART = { details: { message: 'Only a part of input events were ingested' } };

answersMean(dynatrace, settings, [
  [204, '', 'delivered'],
  [200, PART, 'reject/payload'],
  [400, '', 'reject/payload'],
  [401, '', 'retry/auth'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);
