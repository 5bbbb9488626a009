import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { postContract } from '../../test/contract/post-contract.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { serviceTokenFile } from '../../test/support/service-token.ts';
import kubeless from './index.ts';
import { kubelessRequest } from './payload.ts';
import type { KubelessSettings } from './settings.ts';

const tokenFile = serviceTokenFile();

postContract(kubeless, {
  settings: (apiServer) => ({ namespace: 'falco', function: 'react', apiServer, tokenFile }),
  path: '/api/v1/namespaces/falco/services/react:8080/proxy/',
  headers: {
    authorization: 'Bearer planted-service-token',
    'event-type': 'falco',
    'event-namespace': 'falco',
    'content-type': 'application/json',
  },
});

test('kubeless: the service is called by its name, unless an API server is named', async () => {
  const settings = settingsOf(kubeless, { namespace: 'falco', function: 'react' })
    .values as unknown as KubelessSettings;
  const { url, headers } = await kubelessRequest(settings, deliveryOf(alertWith()));
  assert.equal(url, 'http://react.falco.svc.cluster.local:8080/');
  assert.equal(headers?.['authorization'], undefined);
});

test('kubeless: without a token the alerts wait', async () => {
  const apiServer = 'https://kubernetes.default.svc';
  const raw = { namespace: 'falco', function: 'react', apiServer, tokenFile: '/nowhere' };
  const settings = settingsOf(kubeless, raw).values as unknown as KubelessSettings;
  await assert.rejects(
    async () => kubelessRequest(settings, deliveryOf(alertWith())),
    /tokenFile cannot be read \(ENOENT\)/,
  );
});

test('kubeless: every key of Falcosidekick finds its setting', async () => {
  const { settings, common, warnings } = await loadSidekick({
    kubeless: { namespace: 'falco', function: 'react', kubeconfig: '/k' },
  });
  assert.deepEqual(warnings.length, 1);
  assert.match(String(warnings[0]), /is not read/);
  assert.partialDeepStrictEqual(settings, {
    namespace: 'falco',
    function: 'react',
    apiServer: 'https://kubernetes.default.svc',
  });
  assert.match(String((common['tls'] as { caFile?: string }).caFile), /ca\.crt$/);
});
