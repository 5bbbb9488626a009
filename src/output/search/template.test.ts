import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../../test/contract/attempt.ts';
import { type Received, type Reply, startDestination } from '../../../test/contract/server.ts';
import { bulkReplyTo, jsonReply } from '../../../test/support/bulk-server.ts';
import elasticsearch from '../../../outputs/elasticsearch/index.ts';

/** Sends an alert to a server that answers requests for the template with `reply`. */
async function sendTo(t: TestContext, reply: (request: Received) => Reply, more: object = {}) {
  const { origin, received } = await startDestination(t, (request) =>
    request.path.startsWith('/_bulk') ? bulkReplyTo(request) : reply(request),
  );
  const raw = { nodes: [origin], indexTemplate: 'falco', ...more };
  const settings = settingsOf(elasticsearch, raw);
  const result = await attempt(elasticsearch, { settings, http: httpClient(t) }, [
    deliveryOf(alertWith()),
  ]);
  const requests = received.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
  const written = received.find(({ method }) => method === 'PUT');
  return { result, requests, template: JSON.parse(written?.body ?? 'null') as Template | null };
}

interface Template {
  readonly priority: number;
  readonly index_patterns: readonly string[];
  readonly data_stream?: object;
  readonly template: {
    readonly settings: { readonly index: object };
    readonly mappings: { readonly properties: Readonly<Record<string, { type: string }>> };
  };
}

const missing = (request: Received): Reply =>
  request.method === 'HEAD' ? jsonReply('', 404) : jsonReply({ acknowledged: true });

test('a template that is missing is written before the first alert', async (t) => {
  const { result, requests, template } = await sendTo(t, missing, { shards: 2, replicas: 0 });
  assert.equal(verdictOf(result), 'delivered');
  assert.deepEqual(requests, [
    'HEAD /_index_template/falco',
    'PUT /_index_template/falco',
    'POST /_bulk',
  ]);
  assert.deepEqual(template?.index_patterns, ['falco-*']);
  assert.deepEqual(template?.template.settings.index, {
    number_of_shards: 2,
    number_of_replicas: 0,
    mode: 'standard',
  });
  assert.deepEqual(template?.template.mappings.properties['output_fields'], {
    type: 'flattened',
    ignore_above: 4096,
  });
});

test('OpenSearch is recognised, and given its own types', async (t) => {
  const { template } = await sendTo(t, (request) => {
    const reply = missing(request);
    assert.ok(typeof reply === 'object');
    return { ...reply, headers: { 'content-type': 'application/json' } };
  });
  const { settings, mappings } = (template as Template).template;
  assert.deepEqual(mappings.properties['output_fields'], { type: 'flat_object' });
  assert.deepEqual(settings.index, {});
});

test('a template that is there is left alone', async (t) => {
  const { result, requests } = await sendTo(t, () => jsonReply(''));
  assert.equal(verdictOf(result), 'delivered');
  assert.deepEqual(requests, ['HEAD /_index_template/falco', 'POST /_bulk']);
});

const patterns: readonly [settings: object, pattern: string][] = [
  [{ suffix: 'none' }, 'falco'],
  [{ suffix: 'annually', index: 'soc' }, 'soc-*'],
  [{ dataStream: 'logs-falco.alerts-soc' }, 'logs-falco.alerts-soc'],
];

for (const [more, pattern] of patterns) {
  test(`the template of ${JSON.stringify(more)} is for ${pattern}`, async (t) => {
    const { template } = await sendTo(t, missing, more);
    assert.deepEqual(template?.index_patterns, [pattern]);
    assert.equal(template?.data_stream !== undefined, 'dataStream' in more);
  });
}

test('of two templates that overlap the narrower one counts', async (t) => {
  const wide = await sendTo(t, missing, { index: 'falco' });
  const narrow = await sendTo(t, missing, { index: 'falco-soc' });
  assert.ok((narrow.template?.priority ?? 0) > (wide.template?.priority ?? 0));
});

const failures: readonly [reply: Reply, verdict: string][] = [
  [{ status: 401 }, 'retry/auth'],
  [{ status: 403 }, 'retry/auth'],
  [{ status: 503 }, 'retry/server'],
  ['reset', 'retry/network'],
];

for (const [reply, verdict] of failures) {
  test(`no alert is sent while the template cannot be asked for: ${JSON.stringify(reply)}`, async (t) => {
    const { result, requests } = await sendTo(t, () => reply);
    assert.equal(verdictOf(result), verdict);
    assert.ok(!requests.includes('POST /_bulk'));
    assert.match(JSON.stringify(result), /the index template: /);
  });
}

test('a template that is refused is nothing that an alert has done', async (t) => {
  const error = { type: 'illegal_argument_exception', reason: 'would cause a conflict' };
  const { result, requests } = await sendTo(t, (request) =>
    request.method === 'HEAD' ? jsonReply('', 404) : jsonReply({ error }, 400),
  );
  assert.deepEqual(result, {
    outcome: 'retry',
    reason: 'client',
    detail: 'the index template: HTTP 400: illegal_argument_exception: would cause a conflict',
  });
  assert.ok(!requests.includes('POST /_bulk'));
});
