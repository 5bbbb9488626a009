import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

const securitylake = {
  bucket: 'lake',
  region: 'eu-west-1',
  accountid: '123456789012',
  prefix: '/ext/falco/',
};

test('every key finds its setting', async () => {
  const { settings, common, warnings } = await loadSidekick({
    aws: { region: 'us-east-1', securitylake },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    bucket: 'lake',
    prefix: 'ext/falco',
    accountId: '123456789012',
    region: 'eu-west-1',
    preferEnvironment: true,
    acl: 'bucket-owner-full-control',
  });
  assert.deepEqual(common['batch'], { alertsMax: 1000, wait: 300_000 });
});

test('an interval has its bounds', async () => {
  const { common } = await loadSidekick({
    aws: { securitylake: { ...securitylake, interval: 90, batchsize: 20 } },
  });
  assert.deepEqual(common['batch'], { alertsMax: 20, wait: 3_600_000 });
});
