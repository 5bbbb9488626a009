import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import { type Reply, startDestination } from '../../test/contract/server.ts';
import { jsonReply } from '../../test/support/bulk-server.ts';
import quickwit from './index.ts';

const settings = (url: string) => ({ url, headers: { 'x-tenant': 'planted-header' } });

pushContract(quickwit, {
  settings,
  path: '/api/v1/falco/ingest',
  headers: { 'x-tenant': 'planted-header', 'content-type': 'application/x-ndjson' },
  accepted: (count) => jsonReply({ num_docs_for_processing: count }),
  documentsIn: ({ body }) => body.trimEnd().split('\n'),
  lookalikes: [{ status: 200 }, { status: 204 }, jsonReply({}), jsonReply({ took: 1 })],
});

answersMean(quickwit, settings, [
  [200, { num_docs_for_processing: 1, num_rejected_docs: 0 }, 'delivered'],
  [200, { num_docs_for_processing: 1, num_rejected_docs: 1 }, 'reject/payload'],
  [200, { num_docs_for_processing: 0 }, 'retry/client'],
  [404, { message: 'index `falco` not found' }, 'retry/client'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);

test('quickwit: an index is made once, where there is none', async (t) => {
  const replies: Record<string, Reply> = {
    'GET /api/v1/indexes/falco': { status: 404 },
    'POST /api/v1/indexes': jsonReply({ index_config: {} }),
    'POST /api/v1/falco/ingest': jsonReply({ num_docs_for_processing: 1 }),
  };
  const { origin, received } = await startDestination(
    t,
    ({ method, path }) => replies[`${method} ${path}`] ?? { status: 500 },
  );
  const context = {
    settings: settingsOf(quickwit, { ...settings(origin), createIndex: true }),
    http: httpClient(t),
  };
  assert.equal(verdictOf(await attempt(quickwit, context, [deliveryOf(alertWith())])), 'delivered');
  assert.deepEqual(
    received.map(({ method, path }) => `${method} ${path}`),
    Object.keys(replies),
  );
  assert.ok(received.every(({ headers }) => headers['x-tenant'] === 'planted-header'));
  const config = JSON.parse(received[1]?.body ?? '') as Record<string, unknown>;
  assert.deepEqual([config['version'], config['index_id']], ['0.7', 'falco']);

  replies['POST /api/v1/indexes'] = { status: 400, body: '{"message":"bad config"}' };
  const result = await attempt(quickwit, context, [deliveryOf(alertWith())]);
  assert.equal(verdictOf(result), 'retry/client');
  replies['POST /api/v1/indexes'] = { status: 400, body: '{"message":"already exists"}' };
  assert.equal(verdictOf(await attempt(quickwit, context, [deliveryOf(alertWith())])), 'delivered');
});
