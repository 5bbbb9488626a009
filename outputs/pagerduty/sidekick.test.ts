import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';

async function load(env: Readonly<Record<string, string>>) {
  const loaded = await loadConfig({ env, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  return loaded;
}

test('everybody who was paged still is', async () => {
  const { outputs, warnings, misconfigured } = await load({
    PAGERDUTY_ROUTINGKEY: 'abc',
    PAGERDUTY_REGION: 'EU',
    PAGERDUTY_MINIMUMPRIORITY: 'critical',
  });
  assert.deepEqual([warnings, misconfigured], [[], []]);
  assert.deepEqual(outputs[0]?.settings, {
    routingKey: 'abc',
    region: 'eu',
    severity: 'critical',
    dedupKey: '',
    source: 'falco',
    details: 'fields',
  });
  assert.equal(outputs[0]?.common.minimumPriority, 'critical');
});

test('a region nobody knows is the US', async () => {
  const { outputs } = await load({ PAGERDUTY_ROUTINGKEY: 'abc', PAGERDUTY_REGION: 'emea' });
  assert.equal(outputs[0]?.settings['region'], 'us');
});

test('certificate keys that never had an effect get none', async () => {
  const { outputs } = await load({
    PAGERDUTY_ROUTINGKEY: 'abc',
    PAGERDUTY_CHECKCERT: 'false',
    PAGERDUTY_MUTUALTLS: 'true',
    PAGERDUTY_MAXCONCURRENTREQUESTS: '3',
  });
  assert.equal(outputs[0]?.common.tls, undefined);
  assert.equal(outputs[0]?.common.concurrency, 3);
});

test('an EU account is told that its region counts now', async () => {
  const about = /^pagerduty\.region eu/;
  const [us, eu] = await Promise.all(
    ['us', 'eu'].map((region) => load({ PAGERDUTY_ROUTINGKEY: 'abc', PAGERDUTY_REGION: region })),
  );
  assert.deepEqual(
    [us, eu].map((loaded) => loaded?.differences.some((text) => about.test(text))),
    [false, true],
  );
});
