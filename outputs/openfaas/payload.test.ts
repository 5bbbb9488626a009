import assert from 'node:assert/strict';
import test from 'node:test';
import { settingsOf } from '../../test/contract/attempt.ts';
import openfaas from './index.ts';
import { openFaasRequest } from './payload.ts';
import type { OpenFaasSettings } from './settings.ts';

test('the service is called by its name, unless an API server is named', async () => {
  const settings = settingsOf(openfaas, { function: 'react' })
    .values as unknown as OpenFaasSettings;
  const { url, headers } = await openFaasRequest(settings);
  assert.equal(url, 'http://gateway.openfaas:8080/function/react.openfaas-fn');
  assert.deepEqual(headers, {});
});
