import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Delivery, SingleResult } from '../../src/output/define.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, type Reply, startDestination } from '../../test/contract/server.ts';
import {
  bulkReply,
  bulkReplyTo,
  jsonReply,
  operationsIn,
  type Verdict,
} from '../../test/support/bulk-server.ts';
import { batch, place, resultsOf } from '../../test/support/search-place.ts';
import elasticsearch from './index.ts';

function probe(variant: 'falco' | 'ecs') {
  return {
    variant,
    settings: (origin: string) => ({
      nodes: [`${origin}/planted-path-part`],
      apiKey: 'planted-api-key',
      headers: { 'X-Tenant': 'planted-header' },
      format: variant,
    }),
    accepted: (request: Received) => bulkReplyTo(request),
    check(requests: readonly Received[], deliveries: readonly Delivery[]) {
      assert.equal(requests.length, 1);
      const [request] = requests as [Received];
      assert.match(request.path, /^\/planted-path-part\/_bulk\?/);
      assert.equal(request.headers['authorization'], 'ApiKey planted-api-key');
      assert.equal(request.headers['x-tenant'], 'planted-header');
      const operations = operationsIn(request);
      assert.deepEqual(
        operations.map(({ id }) => id),
        deliveries.map(({ key }) => key),
      );
      for (const [n, { document }] of operations.entries()) {
        const { json, alert } = deliveries[n] as Delivery;
        const stamp = `{"@timestamp":"${alert.time}",`;
        const text = variant === 'falco' ? stamp + json.slice(1) : `,"falco":${json}}`;
        assert.ok(document.startsWith(stamp) && document.endsWith(text));
      }
    },
    sendsNumbers: true,
    lookalikes: [
      { status: 200 },
      { status: 204 },
      { status: 200, body: 'ok' },
      jsonReply({}),
      jsonReply({ errors: false, items: [] }),
      jsonReply({
        errors: false,
        items: [{ create: { status: 201 } }, { create: { status: 201 } }],
      }),
      jsonReply({ errors: false, items: [{ index: { status: 201 } }] }),
      jsonReply({ errors: false, items: [null] }),
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"errors":fal' },
    ],
  };
}

httpContract(elasticsearch, probe('falco'));
httpContract(elasticsearch, probe('ecs'));

const items: readonly [verdict: Verdict, expected: string][] = [
  [200, 'delivered'],
  [201, 'delivered'],
  [[409, { type: 'version_conflict_engine_exception', reason: 'exists' }], 'delivered'],
  [[400, { type: 'index_closed_exception', reason: 'closed' }], 'retry/client'],
  [[400, { type: 'invalid_index_name_exception', reason: '[Bad]' }], 'retry/client'],
  [[400, { type: 'validation_exception', reason: 'too many shards' }], 'retry/client'],
  [
    [400, { type: 'illegal_argument_exception', reason: 'pipeline with id [x] does not exist' }],
    'retry/client',
  ],
  [
    [
      400,
      { type: 'illegal_argument_exception', reason: 'no write index is defined for alias [x]' },
    ],
    'retry/client',
  ],
  [[401, { type: 'security_exception', reason: 'who?' }], 'retry/auth'],
  [[403, { type: 'security_exception', reason: 'not you' }], 'retry/auth'],
  [[403, { type: 'cluster_block_exception', reason: 'index write (api)' }], 'retry/client'],
  [[404, { type: 'index_not_found_exception', reason: 'no such index' }], 'retry/client'],
  [
    [429, { type: 'es_rejected_execution_exception', reason: 'queue is full' }],
    'retry/rateLimited',
  ],
  [
    [429, { type: 'cluster_block_exception', reason: 'flood-stage watermark' }],
    'retry/rateLimited',
  ],
  [[500, { type: 'fail_processor_exception', reason: 'no' }], 'retry/server'],
  [[503, { type: 'unavailable_shards_exception', reason: 'timeout' }], 'retry/server'],
];

test('elasticsearch: each document has the result that was said of it', async (t) => {
  const server = await place(t, () => bulkReply(items.map(([verdict]) => verdict)));
  const results = await resultsOf(server, batch(items.length));
  assert.deepEqual(
    results.map(verdictOf),
    items.map(([, expected]) => expected),
  );
  for (const [n, [verdict]] of items.entries()) {
    const result = results[n] as SingleResult;
    if (typeof verdict === 'number' || !('detail' in result)) continue;
    const [status, { type, reason }] = verdict;
    assert.equal(result.detail, `HTTP ${status}: ${type}: ${reason}`);
  }
});

const nonsense: readonly [name: string, item: unknown, verdict: string][] = [
  ['an error that is a text', { status: 400, error: 'MapperParsingException' }, 'retry/client'],
  ['an error of numbers', { status: 400, error: { type: 1, reason: { a: 1 } } }, 'retry/client'],
  ['no error at all', { status: 500, error: null }, 'retry/server'],
  ['a refusal without a reason', refusalOf(null), 'reject/payload'],
  ['a refusal for a number', refusalOf(42), 'reject/payload'],
  ['a status that is a text', { status: '201' }, 'retry/client'],
  ['no status', {}, 'retry/client'],
];

function refusalOf(reason: unknown): object {
  return { status: 400, error: { type: 'document_parsing_exception', reason } };
}

for (const [name, item, verdict] of nonsense) {
  test(`elasticsearch: ${name} is understood as far as it goes`, async (t) => {
    const { send } = await place(t, () => jsonReply({ items: [{ create: item }] }));
    assert.equal(verdictOf(await send(batch(1))), verdict);
  });
}

test('elasticsearch: an answer nested without end costs no alert', async (t) => {
  const body = `{"items":${'['.repeat(500_000)}`;
  const headers = { 'content-type': 'application/json' };
  const { send } = await place(t, () => ({ status: 200, headers, body }));
  assert.equal(verdictOf(await send(batch(2))), 'retry/server');
});

test('elasticsearch: credentials that an answer repeats are not told', async (t) => {
  const server = await place(
    t,
    ({ headers }) =>
      jsonReply({ error: { type: 'nosy', reason: `seen: ${headers['authorization']}` } }, 401),
    { username: 'tocsin', password: 'planted-password' },
  );
  const result = await server.send(batch(1));
  assert.deepEqual(result, {
    outcome: 'retry',
    reason: 'auth',
    detail: 'HTTP 401: nosy: seen: ***',
  });
});

test('elasticsearch: a node that does not answer is passed over', async (t) => {
  const failures: Reply[] = ['reset', { status: 503, headers: { 'retry-after': '9' } }];
  const bad = await startDestination(t, () => 'reset');
  const good = await startDestination(t, (request) => bulkReplyTo(request));
  const nodes = [bad.origin, good.origin, 'http://127.0.0.1:9'];
  const context = { settings: settingsOf(elasticsearch, { nodes }), http: httpClient(t) };
  for (const failure of failures) {
    bad.reply = () => failure;
    for (let n = 0; n < 6; n += 1) {
      assert.equal(verdictOf(await attempt(elasticsearch, context, batch(1))), 'delivered');
    }
  }
  assert.ok(bad.received.length > 0);
  good.reply = () => ({ status: 503, headers: { 'retry-after': '9' } });
  assert.match(
    verdictOf(await attempt(elasticsearch, context, batch(1))),
    /^retry\/(server|network)$/,
  );
});

const credentials: readonly [name: string, settings: object, user: string, expected: string][] = [
  ['an API key', { apiKey: 'a2V5' }, '', 'ApiKey a2V5'],
  ['a password', { username: 'elastic', password: 'p%:ü' }, '', 'Basic ZWxhc3RpYzpwJTrDvA=='],
  ['a password rather than a key', { username: 'e', password: 'p', apiKey: 'k' }, '', 'Basic ZTpw'],
  ['a user in the URL', {}, 'elastic:p%40%zz@', 'Basic ZWxhc3RpYzpwJTQwJXp6'],
  ['settings rather than the URL', { apiKey: 'k' }, 'elastic:p@', 'ApiKey k'],
  ['a header rather than all', { apiKey: 'k', headers: { Authorization: 'Own' } }, 'a:b@', 'Own'],
];

for (const [name, settings, user, expected] of credentials) {
  test(`elasticsearch: ${name} proves who we are`, async (t) => {
    const { origin, received } = await startDestination(t, (request) => bulkReplyTo(request));
    const node = origin.replace('//', `//${user}`);
    const context = {
      settings: settingsOf(elasticsearch, { nodes: [node], ...settings }),
      http: httpClient(t),
    };
    assert.equal(verdictOf(await attempt(elasticsearch, context, batch(1))), 'delivered');
    assert.equal(received[0]?.headers['authorization'], expected);
  });
}

test('elasticsearch: a compressed request is the same one', async (t) => {
  const deliveries = batch(2);
  const { createServer } = await import('node:http');
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      assert.equal(request.headers['content-encoding'], 'gzip');
      bodies.push(gunzipSync(Buffer.concat(chunks)));
      const reply = bulkReply(deliveries.map(() => 201));
      assert.ok(typeof reply === 'object');
      response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const settings = settingsOf(elasticsearch, {
    nodes: [`http://127.0.0.1:${port}`],
    compress: true,
  });
  const result = await attempt(elasticsearch, { settings, http: httpClient(t) }, deliveries);
  assert.equal(verdictOf(result), 'delivered');
  const [body] = bodies;
  assert.deepEqual(
    operationsIn({ body: body?.toString() ?? '' }).map(({ id }) => id),
    deliveries.map(({ key }) => key),
  );
});

test("elasticsearch: the vendor's client is not loaded before there is an alert", () => {
  const script = `
    import { createRequire } from 'node:module';
    await import('./outputs/elasticsearch/index.ts');
    const loaded = Object.keys(createRequire(process.cwd() + '/x.js').cache);
    process.stdout.write(String(loaded.filter((file) => file.includes('@elastic')).length));`;
  const args = ['--input-type=module', '--eval', script];
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }), '0');
});
