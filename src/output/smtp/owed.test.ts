import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../../test/contract/alerts.ts';
import { owedOf } from './owed.ts';

const delivery = deliveryOf(alertWith());
const everybody = ['a', 'b'];
const put = (recipient: string) => ({ recipient, isForGood: false, reply: '451 Later' });
const gone = (recipient: string) => ({ recipient, isForGood: true, reply: '550 Gone' });

test('what is owed belongs to the settings', () => {
  const settings = {};
  const [group] = owedOf(settings).groups([delivery], everybody);
  assert.ok(group);
  owedOf(settings).settle(group, { accepted: ['a'], refusals: [put('b')] });
  const [rest] = owedOf(settings).groups([delivery], everybody);
  assert.deepEqual([rest?.to, rest?.isRest], [['b'], true]);
  const [fresh] = owedOf({}).groups([delivery], everybody);
  assert.deepEqual([fresh?.to, fresh?.isRest], [everybody, false]);
});

test('who is put off is owed the mail, and who is refused for good is named', () => {
  const owed = owedOf({});
  const settle = (accepted: string[], refusals: ReturnType<typeof put>[]) => {
    const [group] = owed.groups([delivery], ['a', 'b', 'c']);
    assert.ok(group);
    return owed.settle(group, { accepted, refusals });
  };
  assert.deepEqual(settle(['a'], [gone('b'), put('c')]), [put('c')]);
  assert.deepEqual(owed.notes(), ['Not delivered to b: 550 Gone']);
  assert.deepEqual(owed.groups([delivery], everybody)[0]?.to, ['c']);
  assert.deepEqual(settle(['c'], []), []);
  assert.equal(owed.groups([delivery], everybody)[0]?.isRest, false);
  settle(['b'], []);
  assert.deepEqual(owed.notes(), []);
});

test('the memory has a bound: the oldest is forgotten', () => {
  const owed = owedOf({});
  for (let n = 0; n < 10_001; n += 1) {
    const group = { deliveries: [{ ...delivery, key: String(n) }], to: everybody, isRest: false };
    owed.settle(group, { accepted: ['a'], refusals: [put('b')] });
  }
  const [oldest] = owed.groups([{ ...delivery, key: '0' }], everybody);
  const [next] = owed.groups([{ ...delivery, key: '1' }], everybody);
  assert.deepEqual([oldest?.isRest, next?.isRest], [false, true]);
});
