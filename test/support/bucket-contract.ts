import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { OutputDefinition } from '../../src/output/define.ts';
import { answersMean } from '../contract/answers.ts';
import { httpContract } from '../contract/http-contract.ts';
import type { Received } from '../contract/server.ts';
import { assertSigned } from './aws-request.ts';
import { storedAlerts } from './stored-alerts.ts';

/** What every output to a bucket that speaks like S3's must do. */
export function bucketContract(
  definition: OutputDefinition,
  settings: (endpoint: string) => object,
  region?: string,
): void {
  function nameIn(request: Received): string {
    const { method, path, headers, bytes } = request;
    assert.equal(method, 'PUT');
    assertSigned(request, 's3', region);
    const sum = Buffer.from(headers['x-amz-checksum-crc32'] ?? '', 'base64');
    assert.equal(sum.readUInt32BE(), crc32(bytes));
    const [, name = ''] = /^\/planted-bucket\/(.+)$/.exec(path) ?? [];
    return decodeURIComponent(name);
  }

  for (const compress of [true, false]) {
    httpContract(definition, {
      variant: compress ? 'compressed' : 'plain',
      settings: (endpoint) => ({ ...settings(endpoint), compress }),
      accepted: () => ({ status: 200, headers: { etag: '"0123"' } }),
      check: (requests, deliveries) => storedAlerts(requests, deliveries, nameIn),
      sendsNumbers: !compress,
      lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, { status: 204 }],
      oddAlerts: 100,
    });
  }

  const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;
  answersMean(definition, settings, [
    [400, error('AuthorizationHeaderMalformed'), 'retry/client'],
    [400, error('ExpiredToken'), 'retry/auth'],
    [400, error('EntityTooLarge'), 'reject/payload'],
    [403, error('AccessDenied'), 'retry/auth'],
    [403, error('RequestTimeTooSkewed'), 'retry/auth'],
    [404, error('NoSuchBucket'), 'retry/client'],
    [301, error('PermanentRedirect'), 'retry/client'],
    [503, error('SlowDown'), 'retry/rateLimited'],
  ]);
}
