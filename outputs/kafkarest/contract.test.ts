import assert from 'node:assert/strict';
import test from 'node:test';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startDestination } from '../../test/contract/server.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { numbered } from '../../test/support/open-output.ts';
import kafkarest from './index.ts';

interface Sent {
  readonly records: readonly { readonly key?: string; readonly value: string }[];
}

const offsetsFor = (body: string): string => {
  const offsets = (JSON.parse(body) as Sent).records.map((_, offset) => ({ partition: 0, offset }));
  return JSON.stringify({ offsets, key_schema_id: null, value_schema_id: null });
};
const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

httpContract(kafkarest, {
  settings: (origin) => ({
    url: `${origin}/topics/falco`,
    key: 'uuid',
    headers: { 'X-Api-Key': 'planted-key' },
  }),
  accepted: ({ body }) => ({ status: 200, body: offsetsFor(body) }),
  check(requests, deliveries) {
    assert.equal(requests.length, 1);
    const { path, headers, body } = requests[0]!;
    assert.equal(path, '/topics/falco');
    assert.equal(headers['content-type'], 'application/vnd.kafka.binary.v2+json');
    assert.equal(headers['x-api-key'], 'planted-key');
    const { records } = JSON.parse(body) as Sent;
    assert.deepEqual(
      records.map(({ key = '', value }) => [decoded(key), decoded(value)]),
      deliveries.map(({ alert, json }) => [alert.uuid, json]),
    );
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: '{"offsets":[]}' }, { status: 204 }],
});

answersMean(kafkarest, (origin) => ({ url: `${origin}/topics/falco` }), [
  [200, { offsets: [{ error_code: 2, error: 'not enough replicas' }] }, 'retry/server'],
  [200, { offsets: [{ error_code: 1, error: 'record too large' }] }, 'reject/payload'],
  [200, { offsets: [{ error_code: 1, error: 'not authorized' }] }, 'retry/server'],
  [404, { error_code: 40401, message: 'Topic not found.' }, 'retry/client'],
  [422, { error_code: 42202, message: 'no value schema' }, 'retry/client'],
  [422, { error_code: 422, message: 'cannot be parsed' }, 'reject/payload'],
]);

test('kafkarest: each record has an answer of its own', async (t) => {
  const offsets = [
    { partition: 0, offset: 7 },
    { error_code: 2, error: 'gone' },
  ];
  const { origin } = await startDestination(t, () => ({
    status: 200,
    body: JSON.stringify({ offsets }),
  }));
  const settings = settingsOf(kafkarest, { url: origin });
  const result = await attempt(kafkarest, { settings, http: httpClient(t) }, numbered(2));
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), ['delivered', 'retry/server']);
});

test('kafkarest: every key of Falcosidekick finds its setting', async () => {
  const { settings } = await loadSidekick({
    kafkarest: { address: 'http://r/topics/t', version: 1 },
  });
  assert.deepEqual(settings, { url: 'http://r/topics/t', version: 1, key: 'none', headers: {} });
});
