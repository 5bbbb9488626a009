import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith } from '../../test/contract/alerts.ts';
import { alertFacts, stringFields } from './fields.ts';

test("facts come in the order asked for, in Falcosidekick's wording", () => {
  const facts = alertFacts(alertWith(), ['time', 'priority', 'tags', 'rule', 'source', 'hostname']);
  assert.deepEqual(
    facts.map(({ title, value }) => `${title}=${value}`),
    [
      'time=2026-08-11 00:04:09.137331079 +0000 UTC',
      'priority=Warning',
      'tags=T1555, container, filesystem',
      'rule=Read sensitive file untrusted',
      'source=syscall',
      'hostname=gpu-node-1',
    ],
  );
});

test('an empty host name and an empty list of tags are no facts; an empty source is', () => {
  const alert = alertWith({ hostname: '', tags: [], source: '' });
  assert.deepEqual(alertFacts(alert, ['hostname', 'tags', 'source']), [
    { title: 'source', value: '' },
  ]);
});

test('only fields with text are listed, by name, empty ones included', () => {
  const fields = { c: 'x', a: '', b: 2, d: null, e: true, f: ['y'], g: JSON.rawJSON('1.0') };
  assert.deepEqual(stringFields(alertWith({ fields })), [
    { title: 'a', value: '' },
    { title: 'c', value: 'x' },
  ]);
});
