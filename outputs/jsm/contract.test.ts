import assert from 'node:assert/strict';
import test from 'node:test';
import { deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import {
  acceptedOpsAlert,
  checkOpsAlert,
  closesByAlias,
  foreignOpsAnswers,
} from '../../test/support/ops-alert.ts';
import { endOfAlert } from '../../test/support/ended-alert.ts';
import { startDestination } from '../../test/contract/server.ts';
import jsm from './index.ts';

const token = Buffer.from('hub@example.org:planted-api-token').toString('base64');

const site = { cloudId: 'c-1', email: 'hub@example.org', apiToken: 'planted-api-token' };

for (const [variant, own, path, authorization, details] of [
  [
    'integration',
    { apiKey: 'planted-api-key' },
    '/jsm/ops/integration/v2/alerts',
    'GenieKey planted-api-key',
    'details',
  ],
  ['site', site, '/jsm/ops/api/c-1/v1/alerts', `Basic ${token}`, 'extraProperties'],
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

closesByAlias(jsm, (url) => ({ apiKey: 'planted-api-key', url }), '/jsm/ops/integration/v2/alerts');

test('jsm: an account cannot close, so the end of an alert counts on it', async (t) => {
  const { origin, received } = await startDestination(t, () => acceptedOpsAlert);
  const settings = settingsOf(jsm, { ...site, url: origin });
  await attempt(jsm, { settings, http: httpClient(t) }, [deliveryOf(endOfAlert())]);
  assert.equal(received[0]?.path, '/jsm/ops/api/c-1/v1/alerts');
  assert.match(JSON.parse(received[0].body).alias, /^alertmanager-/);
});
