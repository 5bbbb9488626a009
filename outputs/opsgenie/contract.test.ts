import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startDestination } from '../../test/contract/server.ts';
import {
  acceptedOpsAlert,
  checkOpsAlert,
  foreignOpsAnswers,
} from '../../test/support/ops-alert.ts';
import opsgenie from './index.ts';

const settings = (url: string) => ({ apiKey: 'planted-api-key', url });

httpContract(opsgenie, {
  settings,
  accepted: () => acceptedOpsAlert,
  check(requests, deliveries) {
    assert.equal(requests.length, deliveries.length);
    requests.forEach((request, n) => {
      assert.equal(request.path, '/v2/alerts');
      assert.equal(request.headers['authorization'], 'GenieKey planted-api-key');
      checkOpsAlert(request, deliveries[n]!, 'details');
    });
  },
  sendsNumbers: false,
  lookalikes: foreignOpsAnswers,
  oddAlerts: 100,
});

test('opsgenie: what is about the key or the account waits, what is about the alert does not', async (t) => {
  const destination = await startDestination(t, () => ({ status: 202 }));
  const context = {
    settings: settingsOf(opsgenie, settings(destination.origin)),
    http: httpClient(t),
  };
  const answers: [number, string, string][] = [
    [401, 'Could not authenticate', 'retry/auth'],
    [402, 'Your plan does not include this', 'retry/client'],
    [403, 'You are not authorized', 'retry/auth'],
    [422, 'Key format is not valid!', 'retry/auth'],
    [422, 'Api key is not valid', 'retry/auth'],
    [422, 'Message can not be empty.', 'reject/payload'],
    [429, 'You are making too many requests!', 'retry/rateLimited'],
  ];
  for (const [status, message, verdict] of answers) {
    destination.reply = () => ({ status, body: JSON.stringify({ message, took: 0.001 }) });
    const result = await attempt(opsgenie, context, [deliveryOf(alertWith())]);
    assert.equal(verdictOf(result), verdict, message);
  }
});
