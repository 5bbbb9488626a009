import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import {
  acceptedOpsAlert,
  checkOpsAlert,
  closesByAlias,
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

closesByAlias(opsgenie, settings, '/v2/alerts');

answersMean(opsgenie, settings, [
  [401, { message: 'Could not authenticate' }, 'retry/auth'],
  [402, { message: 'Your plan does not include this' }, 'retry/client'],
  [403, { message: 'You are not authorized' }, 'retry/auth'],
  [422, { message: 'Key format is not valid!' }, 'retry/auth'],
  [422, { message: 'Api key is not valid' }, 'retry/auth'],
  [422, { message: 'Message can not be empty.' }, 'reject/payload'],
  [429, { message: 'You are making too many requests!' }, 'retry/rateLimited'],
]);
