import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { logLines } from './payload.ts';

test('a line is the alert, unless Sumo Logic would split it', () => {
  const plain = deliveryOf(alertWith());
  assert.equal(logLines([plain, plain], { format: 'falco' }), `${plain.json}\n${plain.json}`);
  const long = deliveryOf(alertWith({ output: 'o'.repeat(90_000) }));
  const line = logLines([long], { format: 'falco' });
  assert.ok(Buffer.byteLength(line) <= 64_000);
  assert.match(line, /o…"/);
});
