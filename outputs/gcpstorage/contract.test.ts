import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';
import { storedAlerts } from '../../test/support/stored-alerts.ts';
import storage from './index.ts';

const google = await startGoogleAccount();
const settings = (endpoint: string) => ({
  bucket: 'planted-bucket',
  credentials: google.key,
  endpoint,
});

function nameIn(request: Received): string {
  assert.equal(request.method, 'POST');
  assert.equal(request.headers['authorization'], `Bearer ${google.accessToken}`);
  const { pathname, searchParams } = new URL(request.path, 'http://x');
  assert.equal(pathname, '/upload/storage/v1/b/planted-bucket/o');
  assert.equal(searchParams.get('uploadType'), 'media');
  assert.equal(searchParams.get('ifGenerationMatch'), '0');
  return searchParams.get('name') ?? '';
}

for (const compress of [true, false]) {
  httpContract(storage, {
    variant: compress ? 'compressed' : 'plain',
    settings: (endpoint) => ({ ...settings(endpoint), compress }),
    accepted: (request) => ({ status: 200, body: JSON.stringify({ name: nameIn(request) }) }),
    check: (requests, deliveries) => storedAlerts(requests, deliveries, nameIn),
    sendsNumbers: !compress,
    lookalikes: [{ status: 200 }, { status: 200, body: '{"name":"other"}' }, { status: 204 }],
    oddAlerts: 100,
  });
}

answersMean(storage, settings, [
  [401, { error: { code: 401 } }, 'retry/auth'],
  [403, { error: { code: 403 } }, 'retry/auth'],
  [404, { error: { code: 404 } }, 'retry/client'],
  [412, { error: { code: 412 } }, 'delivered'],
  [429, { error: { code: 429 } }, 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);
