import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { digestOf } from './chat-digest.ts';
import { boundedFacts, fittingRows } from './chat-facts.ts';

const deliveries = (['notice', 'critical', 'warning'] as const).map((priority) =>
  deliveryOf(alertWith({ priority })),
);
const partOf = ({ alert }: (typeof deliveries)[number]): string => alert.priority;

test('the most severe are shown as long as they fit, and the rest is counted', () => {
  const digest = (shownMax: number, sizeMax: number) =>
    digestOf(deliveries, { shownMax, sizeMax, partOf, sizeOf: (part) => part.length });
  assert.deepEqual(digest(9, 99), {
    parts: ['critical', 'warning', 'notice'],
    headline: '3 alerts',
  });
  assert.deepEqual(digest(2, 99), {
    parts: ['critical', 'warning'],
    headline: '2 alerts, and 1 more: 1 Notice',
  });
  // The first in any case.
  assert.deepEqual(digest(9, 3), {
    parts: ['critical'],
    headline: '1 alert, and 2 more: 1 Warning, 1 Notice',
  });
});

test('a single alert has no headline', () => {
  const digest = digestOf(deliveries.slice(0, 1), { shownMax: 9, sizeMax: 99, partOf });
  assert.deepEqual(digest, { parts: ['notice'], headline: '' });
});

test('fields that do not fit are counted, and what stands around them stays', () => {
  const fields = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`f${n}`, 'value']));
  const facts = (fieldsMax: number, sizeMax: number) =>
    boundedFacts(
      {
        defuse: (text) => text,
        before: ['rule'],
        after: ['source'],
        titleMax: 10,
        valueMax: 10,
        fieldsMax,
        sizeMax,
      },
      alertWith({ rule: ' ', fields }),
    ).map(({ title, value }) => `${title}=${value}`);
  assert.equal(facts(9, 99).length, 11);
  assert.deepEqual(facts(3, 99), [
    'rule=-',
    'f0=value',
    'f1=value',
    '…=7 more fields',
    'source=syscall',
  ]);
  assert.deepEqual(facts(9, 10), ['rule=-', 'f0=value', '…=8 more fields', 'source=syscall']);
});

test('rows that do not fit are counted within the size', () => {
  const facts = Array.from({ length: 9 }, (_, n) => ({ title: `f${n}`, value: 'v' }));
  const rows = fittingRows(facts, {
    row: (title, value) => `${title}:${value}`,
    sizeMax: 30,
    sizeOf: (text) => text.length,
  });
  assert.deepEqual(rows, ['f0:v', 'f1:v', 'f2:v', '…:6 more fields']);
});
