import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith } from '../../test/contract/alerts.ts';
import { boundedLabels, labelName, labelsOf } from './labels.ts';

const names: readonly [name: string, label: string][] = [
  ['rule', 'rule'],
  ['k8s.ns.name', 'k8s_ns_name'],
  ['proc.aname[2]', 'proc_aname2'],
  ['2nd', '_2nd'],
  ['ä b', '__b'],
];

for (const [name, label] of names) {
  test(`${name} is the label ${label}`, () => {
    assert.equal(labelName(name), label);
  });
}

test('labels are what is asked for, as far as there is text', () => {
  const alert = alertWith({
    tags: ['a', 'b'],
    hostname: '',
    fields: { 'k8s.ns.name': 'prod', 'proc.pid': 1, 'proc.name': ' \n ', rule: 'forged' },
  });
  const wanted = [
    'rule',
    'priority',
    'hostname',
    'tags',
    'k8s.ns.name',
    'proc.pid',
    'proc.name',
    'x',
  ];
  assert.deepEqual(labelsOf(alert, wanted), {
    rule: alert.rule,
    priority: 'Warning',
    tags: 'a,b',
    k8s_ns_name: 'prod',
  });
});

test('a stream has a label, whatever is asked for', () => {
  assert.deepEqual(labelsOf(alertWith(), ['x', 'constructor', '__proto__']), {
    priority: 'Warning',
  });
});

test('values are cut with a mark, and do not leave their line', () => {
  const { rule = '' } = labelsOf(alertWith({ rule: `${'ä'.repeat(1024)}b` }), ['rule']);
  assert.equal(rule, `${'ä'.repeat(1022)}…`);
  assert.deepEqual(labelsOf(alertWith({ source: 'a",\nb="c\u202e' }), ['source']), {
    source: 'a", b="c\ufffd',
  });
});

const HOUR_MS = 3_600_000;

test('past the limit streams are told apart by priority alone, for the rest of the hour', () => {
  const bounded = boundedLabels(2);
  const labelsAt = (nowMs: number, alert: Partial<Alert>) => {
    const one = alertWith(alert);
    return bounded(labelsOf(one, ['rule']), one, nowMs);
  };
  assert.deepEqual(labelsAt(0, { rule: 'a' }), { rule: 'a' });
  assert.deepEqual(labelsAt(0, { rule: 'b' }), { rule: 'b' });
  const overflow = { priority: 'Critical', overflow: 'true' };
  assert.deepEqual(labelsAt(1, { rule: 'c', priority: 'critical' }), overflow);
  assert.deepEqual(labelsAt(2, { rule: 'a' }), { rule: 'a' });
  assert.deepEqual(labelsAt(HOUR_MS - 1, { rule: 'c', priority: 'critical' }), overflow);
  assert.deepEqual(labelsAt(HOUR_MS, { rule: 'c' }), { rule: 'c' });
});
