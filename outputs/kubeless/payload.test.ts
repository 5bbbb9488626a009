import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import kubeless from './index.ts';
import { kubelessRequest } from './payload.ts';
import type { KubelessSettings } from './settings.ts';

test('the service is called by its name, unless an API server is named', async () => {
  const settings = settingsOf(kubeless, { namespace: 'falco', function: 'react' })
    .values as unknown as KubelessSettings;
  const { url, headers } = await kubelessRequest(settings, deliveryOf(alertWith()));
  assert.equal(url, 'http://react.falco.svc.cluster.local:8080/');
  assert.deepEqual(headers, {
    'event-id': alertWith().uuid,
    'event-type': 'falco',
    'event-namespace': 'falco',
    'content-type': 'application/json',
  });
});
