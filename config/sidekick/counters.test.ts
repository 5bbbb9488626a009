import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../load.ts';

async function load(sections: object) {
  const loaded = await loadConfig({
    text: JSON.stringify(sections),
    env: {},
    flags: {},
    baseDirectory: '/',
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { statsd, dogstatsd } = loaded.config.metrics;
  return { statsd, dogstatsd, warnings: loaded.warnings.map(({ message }) => message), loaded };
}

test('statsd and dogstatsd are told as they were', async () => {
  const { statsd, dogstatsd, warnings, loaded } = await load({
    statsd: { forwarder: 'statsd.monitoring:8125' },
    dogstatsd: { forwarder: '127.0.0.1:8126', namespace: 'soc.', tags: ['env:prod', 'team:soc'] },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(loaded.unavailable, []);
  const interval = 10_000;
  assert.deepEqual(statsd, {
    address: 'statsd.monitoring:8125',
    prefix: 'falcosidekick.',
    interval,
  });
  assert.deepEqual(dogstatsd, {
    address: '127.0.0.1:8126',
    prefix: 'soc.',
    interval,
    tags: ['env:prod', 'team:soc'],
  });
  assert.ok(loaded.differences.some((text) => text.startsWith('StatsD and DogStatsD get sums')));
});

test('what cannot be told is left out, and said', async () => {
  const { statsd, dogstatsd, warnings } = await load({
    statsd: { forwarder: 'udp://x:8125' },
    dogstatsd: { forwarder: 'x:8125', namespace: 'a b' },
  });
  assert.equal(statsd, undefined);
  assert.equal(dogstatsd?.prefix, 'falcosidekick.');
  assert.deepEqual(warnings, [
    'is not host:port: no counters are sent there',
    'has characters that stand in no name: `falcosidekick.` is used',
  ]);
  const tagged = await load({ statsd: { forwarder: 'x:8125', tags: ['a:b'] } });
  assert.deepEqual(tagged.warnings, ['has no effect: StatsD knows no tags; dogstatsd does']);
  const none = await load({ statsd: { forwarder: '' }, slack: {} });
  assert.equal(none.statsd, undefined);
});
