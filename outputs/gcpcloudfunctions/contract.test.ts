import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';
import functions from './index.ts';

const google = await startGoogleAccount();
const name = 'projects/planted-project/locations/europe-west1/functions/on-alert';
const settings = (endpoint: string) => ({ name, credentials: google.key, endpoint });

httpContract(functions, {
  settings,
  accepted: () => ({ status: 200, body: '{"executionId":"e1","result":"ok"}' }),
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    requests.forEach(({ method, path, headers, body }, n) => {
      assert.equal(`${method} ${path}`, `POST /v1/${name}:call`);
      assert.equal(headers['authorization'], `Bearer ${google.accessToken}`);
      assert.deepEqual(JSON.parse(body), { data: deliveries[n]?.json });
    });
  },
  sendsNumbers: true,
  lookalikes: [
    { status: 200 },
    { status: 200, body: '{"executionId":"e1","error":"it threw"}' },
    { status: 204 },
  ],
  oddAlerts: 100,
});

answersMean(functions, settings, [
  [400, { error: { status: 'INVALID_ARGUMENT' } }, 'reject/payload'],
  [403, { error: { status: 'PERMISSION_DENIED' } }, 'retry/auth'],
  [404, { error: { status: 'NOT_FOUND' } }, 'retry/client'],
  [429, { error: { status: 'RESOURCE_EXHAUSTED' } }, 'retry/rateLimited'],
]);
