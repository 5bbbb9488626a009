import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';

/** The output that a Falcosidekick configuration becomes. */
async function outputOf(env: Readonly<Record<string, string>>) {
  const variables = { ELASTICSEARCH_HOSTPORT: 'http://es:9200', ...env };
  const input = { file: undefined, text: '', env: variables, flags: {}, baseDirectory: '/app' };
  const result = await loadConfig(input);
  assert.ok(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  assert.deepEqual(result.misconfigured, []);
  assert.deepEqual(result.warnings, []);
  const [output] = result.outputs;
  assert.ok(output !== undefined);
  return output;
}

const STANDARD = {
  nodes: ['http://es:9200'],
  headers: {},
  index: 'falco',
  suffix: 'daily',
  format: 'falco',
  flattenFields: false,
  compress: false,
};

test('what nobody sets is as in Falcosidekick', async () => {
  const { settings, common } = await outputOf({});
  assert.deepEqual(settings, STANDARD);
  assert.deepEqual(common.batch, { wait: 0 });
});

test('a user without a password does not count, as before', async () => {
  const { settings } = await outputOf({ ELASTICSEARCH_USERNAME: 'writer' });
  assert.deepEqual(settings, STANDARD);
});

test('every key finds its setting', async () => {
  const { settings, common } = await outputOf({
    ELASTICSEARCH_HOSTPORT: 'https://es.example.org/search',
    ELASTICSEARCH_INDEX: 'alerts',
    ELASTICSEARCH_TYPE: 'event',
    ELASTICSEARCH_SUFFIX: 'monthly',
    ELASTICSEARCH_PIPELINE: 'enrich',
    ELASTICSEARCH_USERNAME: 'writer',
    ELASTICSEARCH_PASSWORD: 'hunter22',
    ELASTICSEARCH_APIKEY: 'a2V5',
    ELASTICSEARCH_CUSTOMHEADERS: '{"X-Tenant":"soc"}',
    ELASTICSEARCH_ENABLECOMPRESSION: 'true',
    ELASTICSEARCH_BATCHING_ENABLED: 'true',
    ELASTICSEARCH_BATCHING_BATCHSIZE: '1048576',
    ELASTICSEARCH_BATCHING_FLUSHINTERVAL: '1m30s',
    ELASTICSEARCH_MINIMUMPRIORITY: 'error',
    ELASTICSEARCH_MAXCONCURRENTREQUESTS: '4',
    ELASTICSEARCH_CHECKCERT: 'false',
  });
  assert.deepEqual(settings, {
    ...STANDARD,
    nodes: ['https://es.example.org/search'],
    index: 'alerts',
    suffix: 'monthly',
    pipeline: 'enrich',
    username: 'writer',
    password: 'hunter22',
    apiKey: 'a2V5',
    headers: { 'X-Tenant': 'soc' },
    compress: true,
  });
  assert.deepEqual(common.batch, { bytesMax: 1_048_576, wait: 90_000 });
  assert.equal(common.minimumPriority, 'error');
  assert.equal(common.concurrency, 4);
  assert.equal(common.tls?.verify, false);
});

test('a template is called falco and brings names without dots, shards and replicas', async () => {
  const create = { ELASTICSEARCH_CREATEINDEXTEMPLATE: 'true' };
  const template = { indexTemplate: 'falco', flattenFields: true, shards: 3, replicas: 3 };
  assert.deepEqual((await outputOf(create)).settings, { ...STANDARD, ...template });
  const sized = await outputOf({
    ...create,
    ELASTICSEARCH_NUMBEROFSHARDS: '1',
    ELASTICSEARCH_NUMBEROFREPLICAS: '0',
  });
  assert.deepEqual(sized.settings, { ...STANDARD, ...template, shards: 1 });
});

test('names without dots are there without a template, too', async () => {
  const { settings } = await outputOf({ ELASTICSEARCH_FLATTENFIELDS: 'true' });
  assert.deepEqual(settings, { ...STANDARD, flattenFields: true });
});

const values: readonly [variable: string, value: string, part: object][] = [
  ['ELASTICSEARCH_SUFFIX', 'weekly', { suffix: 'daily' }],
  ['ELASTICSEARCH_SUFFIX', 'none', { suffix: 'none' }],
  ['ELASTICSEARCH_SUFFIX', 'annually', { suffix: 'annually' }],
];

for (const [variable, value, part] of values) {
  test(`${variable}=${value} counts as it did`, async () => {
    const { settings } = await outputOf({ [variable]: value });
    assert.deepEqual(settings, { ...STANDARD, ...part });
  });
}

const batches: readonly [env: Record<string, string>, batch: object][] = [
  [{}, { bytesMax: 5_242_880, wait: 1000 }],
  [{ ELASTICSEARCH_BATCHING_FLUSHINTERVAL: '0s' }, { bytesMax: 5_242_880, wait: 1000 }],
  [{ ELASTICSEARCH_BATCHING_FLUSHINTERVAL: '3ns' }, { bytesMax: 5_242_880, wait: 1 }],
  [{ ELASTICSEARCH_BATCHING_FLUSHINTERVAL: '48h' }, { bytesMax: 5_242_880, wait: 3_600_000 }],
  [{ ELASTICSEARCH_BATCHING_BATCHSIZE: '-1' }, { bytesMax: 5_242_880, wait: 1000 }],
];

for (const [env, batch] of batches) {
  test(`batching with ${JSON.stringify(env)} waits for no more than ${JSON.stringify(batch)}`, async () => {
    const { common } = await outputOf({ ELASTICSEARCH_BATCHING_ENABLED: 'true', ...env });
    assert.deepEqual(common.batch, batch);
  });
}
