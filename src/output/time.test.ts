import assert from 'node:assert/strict';
import test from 'node:test';
import { epochMs, epochNs } from './time.ts';

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
