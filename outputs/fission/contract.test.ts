import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { postContract } from '../../test/contract/post-contract.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { serviceTokenFile } from '../../test/support/service-token.ts';
import fission from './index.ts';
import { fissionRequest } from './payload.ts';
import type { FissionSettings } from './settings.ts';

const tokenFile = serviceTokenFile();

postContract(fission, {
  settings: (apiServer) => ({ function: 'react', apiServer, tokenFile }),
  path: '/api/v1/namespaces/fission/services/router:80/proxy/fission-function/react',
  headers: { authorization: 'Bearer planted-service-token' },
});

test('fission: the service is called by its name, unless an API server is named', async () => {
  const settings = settingsOf(fission, { function: 'react' }).values as unknown as FissionSettings;
  const { url, headers } = await fissionRequest(settings, deliveryOf(alertWith()));
  assert.equal(url, 'http://router.fission.svc.cluster.local:80/fission-function/react');
  assert.equal(headers?.['authorization'], undefined);
});

test('fission: without a token the alerts wait', async () => {
  const apiServer = 'https://kubernetes.default.svc';
  const raw = { function: 'react', apiServer, tokenFile: '/nowhere' };
  const settings = settingsOf(fission, raw).values as unknown as FissionSettings;
  await assert.rejects(
    async () => fissionRequest(settings, deliveryOf(alertWith())),
    /tokenFile cannot be read \(ENOENT\)/,
  );
});

test('fission: every key of Falcosidekick finds its setting', async () => {
  const { settings, common, warnings } = await loadSidekick({
    fission: { function: 'react', kubeconfig: '/k' },
  });
  assert.deepEqual(warnings.length, 1);
  assert.match(String(warnings[0]), /is not read/);
  assert.partialDeepStrictEqual(settings, {
    function: 'react',
    apiServer: 'https://kubernetes.default.svc',
  });
  assert.match(String((common['tls'] as { caFile?: string }).caFile), /ca\.crt$/);
});
