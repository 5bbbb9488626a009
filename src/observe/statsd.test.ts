import assert from 'node:assert/strict';
import test from 'node:test';
import { createMetrics } from './metrics.ts';
import { createFresh, dogstatsdLines, packetsOf, statsdLines } from './statsd.ts';

const SETTINGS = { fieldLabels: [], seriesMax: 10, seriesMaxAgeMs: 1000, falcoEvents: false };

test('statsd: what has been told is not told again, what was not is', async () => {
  const metrics = createMetrics({ ...SETTINGS, byPriority: true });
  const fresh = createFresh(metrics);
  metrics.inputs.inc(['requests', 'accepted'], 3);
  metrics.inputs.inc(['requests', 'rejected']);
  metrics.rejected.inc({ input: 'http', code: 'body_empty' });
  metrics.rejected.inc({ input: 'grpc', code: 'body_empty' });
  metrics.priorities?.get('warning')?.add(2);
  metrics.outputs.inc(['slack', 'ok'], 2);
  const first = await fresh();
  assert.deepEqual(statsdLines(first.sums, 'falcosidekick.'), [
    'falcosidekick.total:4|c',
    'falcosidekick.inputs.requests.accepted:3|c',
    'falcosidekick.inputs.requests.rejected.nobody:1|c',
    'falcosidekick.falco.accepted.warning:2|c',
    'falcosidekick.outputs.slack.ok:2|c',
  ]);
  metrics.outputs.inc(['slack', 'error']);
  // The first could not be sent.
  const second = await fresh();
  assert.deepEqual(dogstatsdLines(second.sums, '', ['env:prod']), [
    'total:4|c|#env:prod',
    'inputs.requests.accepted:3|c|#env:prod',
    'inputs.requests.rejected:1|c|#error:nobody,env:prod',
    'falco.accepted:2|c|#priority:warning,env:prod',
    'outputs:2|c|#output:slack,status:ok,env:prod',
    'outputs:1|c|#output:slack,status:error,env:prod',
  ]);
  second.commit();
  assert.deepEqual((await fresh()).sums, []);
  metrics.outputs.inc(['slack', 'ok']);
  assert.deepEqual(dogstatsdLines((await fresh()).sums, '', []), [
    'outputs:1|c|#output:slack,status:ok',
  ]);
});

test('statsd: no value can forge a line, a part of a name or a tag', () => {
  const value = 'a b.c:1|c\nforged:9|c|#x:y,z\u2028@0.1';
  const sums = [{ name: 'outputs', tags: [['output', value]] as const, count: 1 }];
  assert.deepEqual(statsdLines(sums, ''), ['outputs.a_b_c_1_c_forged_9_c__x_y_z__0_1:1|c']);
  assert.deepEqual(dogstatsdLines(sums, '', ['a,b']), [
    'outputs:1|c|#output:a_b.c:1_c_forged:9_c__x:y_z__0.1,a_b',
  ]);
});

test('statsd: packets hold as many lines as a frame', () => {
  const lines = Array.from({ length: 100 }, (_, n) => `outputs.output-number-${n}.ok:1|c`);
  const packets = packetsOf(lines);
  assert.deepEqual(packets.join('\n').split('\n'), lines);
  assert.ok(packets.every((packet) => packet.length <= 1400));
  assert.equal(packets.length, 3);
  assert.deepEqual(packetsOf([]), []);
  assert.equal(packetsOf(['x'.repeat(2000)]).length, 1);
});
