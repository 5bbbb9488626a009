import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { insertOf } from './payload.ts';

test("the columns are Falcosidekick's, and what is asked for beside them", () => {
  const fields = { Cluster: 'prod', other: 'null', number: 5 };
  const delivery = deliveryOf(alertWith({ fields, tags: ['a', 'b'] }));
  const { alert, key } = delivery;
  const fieldColumns = ['Cluster', 'other', 'number'];
  const { text, values } = insertOf({ table: 'events', keyColumn: 'key', fieldColumns }, [
    delivery,
  ]);
  assert.equal(
    text,
    'INSERT INTO "events" ("time", "rule", "priority", "source", "output", "tags", "hostname", "key", "cluster", "other", "number") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING',
  );
  assert.deepEqual(values, [
    alert.time,
    alert.rule,
    'Warning',
    'syscall',
    alert.output,
    'a,b',
    'gpu-node-1',
    key,
    'prod',
    null,
    null,
  ]);
});
