import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { type EventHubSettings, hubUrl } from './settings.ts';

test('every key finds its setting', async () => {
  const { settings, warnings } = await loadSidekick({
    azure: { eventhub: { namespace: 'my-space.servicebus.windows.net', name: 'falco' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    namespace: 'my-space.servicebus.windows.net',
    hub: 'falco',
    format: 'falco',
  });
  const url = hubUrl(settings as unknown as EventHubSettings);
  assert.equal(url, 'https://my-space.servicebus.windows.net/falco');
});
