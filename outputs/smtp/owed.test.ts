import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { owedOf } from './owed.ts';

const delivery = deliveryOf(alertWith());
const everybody = ['a', 'b'];

test('what is owed belongs to the settings', () => {
  const settings = {};
  const [group] = owedOf(settings).groups([delivery], everybody);
  assert.ok(group);
  owedOf(settings).settle(group, ['b']);
  const [rest] = owedOf(settings).groups([delivery], everybody);
  assert.deepEqual([rest?.to, rest?.isRest], [['b'], true]);
  const [fresh] = owedOf({}).groups([delivery], everybody);
  assert.deepEqual([fresh?.to, fresh?.isRest], [everybody, false]);
});

test('the memory has a bound: the oldest is forgotten', () => {
  const owed = owedOf({});
  for (let n = 0; n < 10_001; n += 1) {
    const one = { ...delivery, key: String(n) };
    owed.settle({ deliveries: [one], to: everybody, isRest: false }, ['b']);
  }
  const [oldest] = owed.groups([{ ...delivery, key: '0' }], everybody);
  const [next] = owed.groups([{ ...delivery, key: '1' }], everybody);
  assert.deepEqual([oldest?.isRest, next?.isRest], [false, true]);
});
