import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { Durations } from './durations.ts';

const OPTIONS = {
  name: 'd_seconds',
  help: 'How long.',
  labelNames: ['output', 'type'],
  buckets: [0.01, 0.5, 60],
};

test('what is read is what a histogram of prom-client says of the same times', async () => {
  const [own, other] = [new Registry(), new Registry()];
  const durations = new Durations(own, OPTIONS);
  const histogram = new Histogram({ ...OPTIONS, registers: [other] });
  for (const [output, ms] of [
    ['a', 0],
    ['a', 10],
    ['b "quoted"', 10.5],
    ['a', 500],
    ['a', 60_000],
    ['b "quoted"', 60_001],
  ] as const) {
    durations.series([output, 'slack']).add(ms);
    histogram.observe({ output, type: 'slack' }, ms / 1000);
  }
  const lines = async (registry: Registry) => (await registry.metrics()).split('\n').sort();
  assert.deepEqual(await lines(own), await lines(other));
});

test('a clock that went back counts as no time', async () => {
  const registry = new Registry();
  new Durations(registry, OPTIONS).series(['a', 'slack']).add(-5);
  const text = await registry.metrics();
  assert.match(text, /d_seconds_bucket\{le="0.01",output="a",type="slack"\} 1\n/);
  assert.match(text, /d_seconds_sum\{output="a",type="slack"\} 0\n/);
});
