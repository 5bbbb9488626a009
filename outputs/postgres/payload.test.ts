import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { insertOf } from './payload.ts';

test('every value of an alert is a parameter, and the key is one', () => {
  const delivery = deliveryOf(alertWith({ rule: "x'); DROP TABLE alerts; --", hostname: '' }));
  const { text, values } = insertOf({ table: 'Audit.falco"x' }, [delivery, delivery]);
  assert.match(text, /^INSERT INTO "Audit"\."falco""x" \("delivery_key", "uuid", /);
  assert.match(text, /\$22\) ON CONFLICT DO NOTHING$/);
  assert.doesNotMatch(text, /DROP/);
  const { key, alert } = delivery;
  assert.deepEqual(values.slice(0, 10), [
    key,
    alert.uuid,
    alert.time,
    alert.receivedAt,
    'warning',
    alert.rule,
    'syscall',
    null,
    alert.output,
    alert.tags,
  ]);
  assert.match(String(values[10]), /"evt.time":1786406649137331079,/);
});

test('what PostgreSQL cannot store is replaced', () => {
  const delivery = deliveryOf(
    alertWith({ output: 'a\0b', tags: ['\0'], fields: { '\0': String.raw`\u0000` + '\0' } }),
  );
  const { values } = insertOf({ table: 't' }, [delivery]);
  assert.deepEqual(values.slice(8), [
    'a\ufffdb',
    ['\ufffd'],
    String.raw`{"\ufffd":"\\u0000\ufffd"}`,
  ]);
});
