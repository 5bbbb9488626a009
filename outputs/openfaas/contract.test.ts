import assert from 'node:assert/strict';
import test from 'node:test';
import { settingsOf } from '../../test/contract/attempt.ts';
import { postContract } from '../../test/contract/post-contract.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { serviceTokenFile } from '../../test/support/service-token.ts';
import openfaas from './index.ts';
import { openFaasRequest } from './payload.ts';
import type { OpenFaasSettings } from './settings.ts';

const tokenFile = serviceTokenFile();

postContract(openfaas, {
  settings: (apiServer) => ({ function: 'react', apiServer, tokenFile }),
  path: '/api/v1/namespaces/openfaas/services/gateway:8080/proxy/function/react.openfaas-fn',
  headers: { authorization: 'Bearer planted-service-token' },
});

test('openfaas: the service is called by its name, unless an API server is named', async () => {
  const settings = settingsOf(openfaas, { function: 'react' })
    .values as unknown as OpenFaasSettings;
  const { url, headers } = await openFaasRequest(settings);
  assert.equal(url, 'http://gateway.openfaas:8080/function/react.openfaas-fn');
  assert.equal(headers?.['authorization'], undefined);
});

test('openfaas: without a token the alerts wait', async () => {
  const apiServer = 'https://kubernetes.default.svc';
  const raw = { function: 'react', apiServer, tokenFile: '/nowhere' };
  const settings = settingsOf(openfaas, raw).values as unknown as OpenFaasSettings;
  await assert.rejects(
    async () => openFaasRequest(settings),
    /tokenFile cannot be read \(ENOENT\)/,
  );
});

test('openfaas: every key of Falcosidekick finds its setting', async () => {
  const { settings, common, warnings } = await loadSidekick({
    openfaas: { functionname: 'react', kubeconfig: '/k' },
  });
  assert.deepEqual(warnings.length, 1);
  assert.match(String(warnings[0]), /is not read/);
  assert.partialDeepStrictEqual(settings, {
    function: 'react',
    apiServer: 'https://kubernetes.default.svc',
  });
  assert.match(String((common['tls'] as { caFile?: string }).caFile), /ca\.crt$/);
});
