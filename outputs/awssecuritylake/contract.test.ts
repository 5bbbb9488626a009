import assert from 'node:assert/strict';
import { parquetReadObjects } from 'hyparquet';
import type { Delivery } from '../../src/output/define.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import { AWS_KEYS, assertSigned } from '../../test/support/aws-request.ts';
import lake from './index.ts';

const settings = (endpoint: string) => ({
  bucket: 'planted-bucket',
  prefix: 'ext/falco',
  accountId: '123456789012',
  endpoint,
  ...AWS_KEYS,
});

const PLACE =
  /^\/planted-bucket\/ext\/falco\/region%3Deu-central-1\/accountId%3D123456789012\/eventDay%3D20260811\/[0-9a-f]{32}\.parquet$/;

/** What Parquet's reader finds in an object. */
async function alertsIn(request: Received): Promise<unknown[]> {
  assert.equal(request.method, 'PUT');
  assert.match(request.path, PLACE);
  assert.equal(request.headers['content-type'], 'application/vnd.apache.parquet');
  assert.equal(request.headers['x-amz-acl'], 'bucket-owner-full-control');
  assertSigned(request, 's3');
  const file = new Uint8Array(request.bytes).buffer;
  const rows = await parquetReadObjects({ file, columns: ['raw_data'] });
  return rows.map((row) => row['raw_data']);
}

async function check(
  requests: readonly Received[],
  deliveries: readonly Delivery[],
): Promise<void> {
  const found = await Promise.all(requests.map(alertsIn));
  assert.deepEqual(
    found.flat(),
    deliveries.map(({ json }) => json),
  );
}

httpContract(lake, {
  settings,
  accepted: () => ({ status: 200, headers: { etag: '"0123"' } }),
  check,
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, { status: 204 }],
  oddAlerts: 100,
});

const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

answersMean(lake, settings, [
  [403, error('AccessDenied'), 'retry/auth'],
  [404, error('NoSuchBucket'), 'retry/client'],
  [400, error('EntityTooLarge'), 'reject/payload'],
  [503, error('SlowDown'), 'retry/rateLimited'],
]);
