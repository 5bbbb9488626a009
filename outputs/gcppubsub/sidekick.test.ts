import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';

test('every key finds its setting', async () => {
  const { key } = await startGoogleAccount();
  const credentials = Buffer.from(key).toString('base64');
  const { settings, warnings, misconfigured } = await loadSidekick({
    gcp: {
      credentials,
      pubsub: { projectid: 'my-project', topic: 'alerts', customattributes: { a: 'b' } },
    },
  });
  assert.deepEqual([warnings, misconfigured], [[], []]);
  assert.deepEqual(settings, {
    project: 'my-project',
    topic: 'alerts',
    credentials,
    attributes: { a: 'b' },
    format: 'falco',
    endpoint: 'https://pubsub.googleapis.com',
  });
});

test('without credentials it asks where it runs', async () => {
  const { settings } = await loadSidekick({
    gcp: { pubsub: { projectid: 'my-project', topic: 'alerts' } },
  });
  assert.equal(settings?.['credentials'], undefined);
});
