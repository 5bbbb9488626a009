import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf, HOSTILE_STRINGS } from '../../test/contract/alerts.ts';
import { lineOf } from './payload.ts';

test('a line of text says when it happened where it stands under another time', () => {
  const { time, output } = alertWith();
  const delivery = deliveryOf(alertWith());
  assert.equal(lineOf(delivery, { format: 'text' }, false), output);
  assert.equal(lineOf(delivery, { format: 'text' }, true), `${time} ${output}`);
  const silent = deliveryOf(alertWith({ output: ' ' }));
  assert.equal(lineOf(silent, { format: 'text' }, false), silent.alert.rule);
});

test('a line is one line, and one of text has no controls', () => {
  for (const output of HOSTILE_STRINGS) {
    const delivery = deliveryOf(alertWith({ output }));
    assert.doesNotMatch(lineOf(delivery, { format: 'text' }, true), /[\p{Cc}\p{Zl}\p{Zp}]/u);
    for (const format of ['falco', 'ecs', 'ocsf'] as const) {
      assert.doesNotMatch(lineOf(delivery, { format }, false), /[\n\r\u2028\u2029]/);
    }
  }
});

test('a line that Loki would refuse is cut, and still JSON with all fields', () => {
  const names = Array.from({ length: 512 }, (_, n) => `field${n}`);
  const fields = Object.fromEntries(names.map((name) => [name, 'ä'.repeat(4096)]));
  const line = lineOf(deliveryOf(alertWith({ fields })), { format: 'falco' }, false);
  assert.ok(Buffer.byteLength(line) <= 256 * 1024);
  const { output_fields } = JSON.parse(line) as { output_fields: Record<string, string> };
  assert.deepEqual(Object.keys(output_fields), names);
  assert.match(output_fields['field511'] ?? '', /^ä+…$/);
});
