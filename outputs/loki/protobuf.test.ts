import assert from 'node:assert/strict';
import test from 'node:test';
import { writePush } from './protobuf.ts';

const times: readonly [timeNs: bigint, hex: string][] = [
  [1_786_406_649_137_331_079n, '08f9cde9d306108783be41'],
  [0n, '08001000'],
  // One second before 1970, and a quarter after that.
  [-750_000_000n, '08ffffffffffffffffff011080e59a77'],
];

for (const [timeNs, hex] of times) {
  test(`${timeNs} ns are seconds, and nanoseconds that count forward`, () => {
    const written = writePush([{ labels: {}, entries: [{ timeNs, line: '' }] }]);
    assert.ok(written.toString('hex').includes(hex), written.toString('hex'));
  });
}
