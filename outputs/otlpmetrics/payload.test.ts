import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith } from '../../test/contract/alerts.ts';
import { metricsOf, seriesAttributes } from './payload.ts';

test('a series is what an alert says of itself, and fields that hold text', () => {
  const alert = alertWith({ fields: { 'k8s.ns.name': 'prod', number: 1 }, tags: ['a', 'b'] });
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const values = ['a', 'b'].map((stringValue) => ({ stringValue }));
  assert.deepEqual(seriesAttributes({ attributeFields: ['k8s.ns.name', 'number', 'no'] }, alert), [
    text('k8s_ns_name', 'prod'),
    text('source', 'syscall'),
    text('priority', 'Warning'),
    text('rule', alert.rule),
    text('hostname', 'gpu-node-1'),
    { key: 'tags', value: { arrayValue: { values } } },
  ]);
});

test('a count is cumulative, and begins when the output did', () => {
  const document = metricsOf({ resource: {} }, [{ attributes: [], count: 3 }], 1n, 2n);
  const text = JSON.stringify(document);
  assert.match(text, /"startTimeUnixNano":"1","timeUnixNano":"2","asInt":"3"/);
  assert.match(text, /"aggregationTemporality":2,"isMonotonic":true/);
});
