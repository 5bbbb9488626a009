import assert from 'node:assert/strict';
import type { Delivery } from '../../src/output/define.ts';
import type { HttpRequest } from '../../src/output/http.ts';
import { signedRequest } from '../../src/output/sigv4.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import { bulkReplyTo, jsonReply, operationsIn } from '../../test/support/bulk-server.ts';
import test from 'node:test';
import opensearch from './index.ts';

const KEY = { accessKeyId: 'AKIAPLANTED', secretAccessKey: 'planted-secret-key' };
const SIGNED = { aws: { region: 'eu-central-1', ...KEY } };
const BASIC = { username: 'falco', password: 'planted-password' };

function checks(isAuthorized: (request: Received) => void) {
  return (requests: readonly Received[], deliveries: readonly Delivery[]): void => {
    const [request] = requests as [Received];
    assert.match(request.path, /^\/_bulk\?/);
    isAuthorized(request);
    const operations = operationsIn(request);
    assert.deepEqual(
      operations.map(({ id }) => id),
      deliveries.map(({ key }) => key),
    );
  };
}

function isBasic({ headers }: Received): void {
  const expected = `Basic ${Buffer.from('falco:planted-password').toString('base64')}`;
  assert.equal(headers['authorization'], expected);
}

/** AWS makes the same signature from what has come. */
function isSigned(request: Received): void {
  const { authorization = '', host = '', 'x-amz-date': time } = request.headers;
  const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? [];
  const signed = names.filter((name) => name !== 'host' && !name.startsWith('x-amz-'));
  const again = signedRequest(
    {
      method: 'POST',
      url: `http://${host}${request.path}`,
      headers: Object.fromEntries(signed.map((name) => [name, String(request.headers[name])])),
      body: request.bytes,
      signal: new AbortController().signal,
    } satisfies HttpRequest,
    { service: 'es', region: 'eu-central-1' },
    KEY,
    msOf(String(time)),
  );
  assert.equal(again.headers?.['authorization'], authorization);
}

function msOf(time: string): number {
  return Date.parse(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'));
}

for (const [variant, more, isAuthorized] of [
  ['basic', BASIC, isBasic],
  ['aws', SIGNED, isSigned],
] as const) {
  httpContract(opensearch, {
    variant,
    settings: (origin) => ({ nodes: [origin], ...more }),
    accepted: (request) => bulkReplyTo(request),
    check: checks(isAuthorized),
    sendsNumbers: true,
    lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, jsonReply({})],
  });
}

answersMean(opensearch, (origin) => ({ nodes: [origin], ...SIGNED }), [
  [400, '{"message":"UnrecognizedClientException"}', 'reject/payload'],
  [403, '{"Message":"User: arn:aws:… is not authorized to perform: es:ESHttpPost"}', 'retry/auth'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);

test('opensearch: two ways to log in, and half of one, are mistakes', () => {
  const problems = (more: object) => () =>
    settingsOf(opensearch, { nodes: ['https://o'], ...more });
  assert.throws(problems({ ...BASIC, ...SIGNED }), /choose one/);
  assert.throws(problems({ aws: { accessKeyId: 'AKIA' } }), /secretAccessKey/);
  assert.throws(problems({ username: 'u' }), /password/);
});
