import assert from 'node:assert/strict';
import { httpContract } from '../../test/contract/http-contract.ts';
import {
  acceptedOpsAlert,
  checkOpsAlert,
  foreignOpsAnswers,
} from '../../test/support/ops-alert.ts';
import jsm from './index.ts';

const token = Buffer.from('hub@example.org:planted-api-token').toString('base64');

for (const [variant, own, path, authorization, details] of [
  [
    'integration',
    { apiKey: 'planted-api-key' },
    '/jsm/ops/integration/v2/alerts',
    'GenieKey planted-api-key',
    'details',
  ],
  [
    'site',
    { cloudId: 'c-1', email: 'hub@example.org', apiToken: 'planted-api-token' },
    '/jsm/ops/api/c-1/v1/alerts',
    `Basic ${token}`,
    'extraProperties',
  ],
] as const) {
  httpContract(jsm, {
    variant,
    settings: (url) => ({ ...own, url }),
    accepted: () => acceptedOpsAlert,
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length);
      requests.forEach((request, n) => {
        assert.equal(request.path, path);
        assert.equal(request.headers['authorization'], authorization);
        checkOpsAlert(request, deliveries[n]!, details);
      });
    },
    sendsNumbers: false,
    lookalikes: foreignOpsAnswers,
    oddAlerts: 100,
  });
}
