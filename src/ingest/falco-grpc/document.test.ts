import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileEnrichment } from '../normalise/enrich.ts';
import { normaliseFalco } from '../normalise/falco.ts';
import { documentOf, type FalcoResponse } from './document.ts';

const RESPONSE: FalcoResponse = {
  time: { seconds: '1786406400', nanos: 5 },
  priority: 'WARNING',
  source_deprecated: 'SYSCALL',
  rule: 'R',
  output: '00:00:00.000000005: Warning something (user=root)',
  output_fields: { 'user.name': 'root', 'k8s.ns.name': '<NA>' },
  hostname: 'node-1',
  tags: ['b', 'a'],
  source: '',
};

const enrichment = compileEnrichment({
  customFields: {},
  templatedFields: {},
  customTags: [],
  bracketReplacer: '',
  outputFieldFormat: '',
});

function alertOf(own: Partial<FalcoResponse>) {
  const document = documentOf({ ...RESPONSE, ...own });
  const provenance = { input: 'grpc', agent: 'falco' };
  return normaliseFalco(document, { nowMs: 1000, provenance, enrichment });
}

test('an alert of members: all digits of its time, no value where Falco has none', () => {
  const result = alertOf({});
  assert.ok(result.ok);
  const { alert } = result;
  assert.equal(alert.time, '2026-08-11T00:00:00.000000005Z');
  assert.equal(alert.priority, 'warning');
  assert.equal(alert.source, 'syscall');
  assert.deepEqual(alert.tags, ['a', 'b']);
  assert.deepEqual(alert.fields, { 'k8s.ns.name': null, 'user.name': 'root' });
});

test('where the output is the whole alert as JSON, it is that one, with its types', () => {
  const output =
    '{"hostname":"json","output":"line","output_fields":{"evt.time":1786406400123456789,"proc.pid":7},"priority":"Error","rule":"J","source":"k8s_audit","tags":[],"time":"2026-08-11T00:00:01.000000001Z"}';
  const result = alertOf({ output });
  assert.ok(result.ok);
  const { alert } = result;
  assert.equal(alert.rule, 'J');
  assert.equal(alert.output, 'line');
  assert.equal(alert.source, 'k8s_audit');
  assert.equal(alert.time, '2026-08-11T00:00:01.000000001Z');
  assert.equal(JSON.stringify(alert.fields['evt.time']), '1786406400123456789');
  assert.equal(alert.fields['proc.pid'], 7);
});

test('an output that only looks like JSON is a line', () => {
  const deep = `{"rule":"x","priority":"Error","a":${'['.repeat(99)}`;
  for (const output of ['{', '{}', '{"rule":5,"priority":"Error"}', '{"rule":"x"}', deep]) {
    const result = alertOf({ output });
    assert.ok(result.ok);
    assert.equal(result.alert.rule, 'R');
    assert.equal(result.alert.output, output);
  }
});

test('strange members cost no alert that can be one', () => {
  for (const own of [
    { time: null },
    { time: { seconds: '-1', nanos: 0 } },
    { time: { seconds: '9'.repeat(19), nanos: 0 } },
    { time: { seconds: '1', nanos: -1 } },
    { source: 'x'.repeat(999), hostname: 'a\nb', tags: ['', ' '] },
    { source_deprecated: 99 },
    { output_fields: JSON.parse('{"__proto__":"x","constructor":"y"}') },
  ] as Partial<FalcoResponse>[]) {
    assert.ok(alertOf(own).ok, JSON.stringify(own));
  }
  const unknown = alertOf({ priority: 99 });
  assert.ok(!unknown.ok && unknown.code === 'priority_unknown');
  assert.ok(!alertOf({ rule: '' }).ok);
});
