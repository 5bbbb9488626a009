import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import fission from './index.ts';
import { fissionRequest } from './payload.ts';
import type { FissionSettings } from './settings.ts';

test('the service is called by its name, unless an API server is named', async () => {
  const settings = settingsOf(fission, { function: 'react' }).values as unknown as FissionSettings;
  const { url, headers } = await fissionRequest(settings, deliveryOf(alertWith()));
  assert.equal(url, 'http://router.fission.svc.cluster.local:80/fission-function/react');
  assert.deepEqual(headers, { 'event-id': alertWith().uuid });
});
