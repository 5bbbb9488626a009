import assert from 'node:assert/strict';
import test from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { daysOf, objectKey, rowsOf } from './payload.ts';
import { parquetColumns, SCHEMA } from './schema.ts';
import { mistakesIn } from './settings.ts';
import { parquetWriteBuffer } from './writer.ts';

const one = deliveryOf(alertWith());
const bare = deliveryOf(alertWith({ hostname: '', tags: [], fields: {} }));

test('a row is a finding, and reads as it was written', async () => {
  const columnData = parquetColumns(rowsOf([one, bare]));
  const file = parquetWriteBuffer({ schema: SCHEMA, columnData });
  const [row = {}, other = {}] = await parquetReadObjects({ file });
  assert.deepEqual([row['class_uid'], row['type_uid'], row['is_alert']], [2004, 200_401n, true]);
  assert.equal(row['time'], BigInt(Date.parse('2026-08-11T00:04:09.137Z')));
  assert.equal(row['raw_data'], one.json);
  assert.partialDeepStrictEqual(row['metadata'], {
    uid: one.alert.uuid,
    product: { name: 'Falco', vendor_name: 'The Falco Project' },
    original_time: '2026-08-11T00:04:09.137331079Z',
    labels: ['T1555', 'container', 'filesystem'],
  });
  assert.partialDeepStrictEqual(row['finding_info'], {
    title: 'Read sensitive file untrusted',
    types: ['syscall'],
    analytic: { name: 'Read sensitive file untrusted', type_id: 1, type: 'Rule' },
  });
  const observables = row['observables'] as object[];
  assert.equal(observables.length, 7);
  assert.deepEqual(observables[1], {
    name: 'evt.time',
    value: '1786406649137331079',
    type_id: 99,
    type: 'Other',
  });
  assert.ok(String(row['unmapped']).includes('"evt.time":1786406649137331079'));
  assert.deepEqual(other['observables'], []);
  assert.equal(other['device'] ?? undefined, undefined);
});

test('an object lies in the partition of its day', () => {
  const settings = { prefix: '/ext/falco/', accountId: '123456789012' };
  assert.equal(
    objectKey(settings, 'eu-west-1', one.receivedAtMs, 'k'),
    'ext/falco/region=eu-west-1/accountId=123456789012/eventDay=20260811/k.parquet',
  );
  const next = deliveryOf(alertWith({ receivedAt: '2026-08-12T00:00:00.000Z' }));
  assert.deepEqual(daysOf([one, bare, next]), [[one, bare], [next]]);
});

test('a prefix stays in its place', () => {
  const paths = (prefix: string) =>
    mistakesIn({
      bucket: 'b',
      prefix,
      accountId: '1',
      acl: 'private',
      preferEnvironment: false,
    }).map(({ path }) => path);
  assert.deepEqual(paths('ext/falco'), []);
  for (const prefix of ['ext//falco', 'ext/../falco', '/'])
    assert.deepEqual(paths(prefix), ['prefix']);
});
