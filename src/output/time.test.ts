import assert from 'node:assert/strict';
import test from 'node:test';
import { epochMs, epochNs, secondsAndNanos, timeAfter } from './time.ts';

const times: readonly [time: string, ns: string, ms: number][] = [
  ['2026-08-11T00:04:09.137331079Z', '1786406649137331079', 1_786_406_649_137],
  ['2001-01-01T01:10:00Z', '978311400000000000', 978_311_400_000],
  ['1970-01-01T00:00:00Z', '0', 0],
  ['2026-08-11T00:04:09.5Z', '1786406649500000000', 1_786_406_649_500],
  ['1969-12-31T23:59:59.25Z', '-750000000', -750],
];

for (const [time, ns, ms] of times) {
  test(`${time} is ${ns} ns since 1970`, () => {
    assert.equal(String(epochNs(time)), ns);
    assert.equal(epochMs(time), ms);
  });
}

test('nanoseconds after a second count forward, also before 1970', () => {
  assert.deepEqual(secondsAndNanos(1_786_406_649_137_331_079n), [1_786_406_649n, 137_331_079n]);
  assert.deepEqual(secondsAndNanos(-750_000_000n), [-1n, 250_000_000n]);
  assert.deepEqual(secondsAndNanos(-2_000_000_000n), [-2n, 0n]);
});

test('a later time keeps every digit, and has no zeros at its end', () => {
  const cases = [
    ['2026-08-11T00:04:09.137331079Z', 60_000, '2026-08-11T00:05:09.137331079Z'],
    ['2026-08-11T00:04:09.1000Z', 60_000, '2026-08-11T00:05:09.1Z'],
    ['2026-08-11T00:04:09.000Z', 1000, '2026-08-11T00:04:10Z'],
    ['2026-08-11T00:04:09.6Z', 1500, '2026-08-11T00:04:11.1Z'],
    ['1969-12-31T23:59:59.25Z', 500, '1969-12-31T23:59:59.75Z'],
    ['1969-12-31T23:59:59.25Z', 750, '1970-01-01T00:00:00Z'],
  ] as const;
  for (const [time, ms, later] of cases) assert.equal(timeAfter(time, ms), later);
});
