import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { alertDocument, type AlertFormat } from '../../src/output/alert-document.ts';
import type { KafkaRecord } from '../../src/output/kafka/partitions.ts';
import { recordMaker } from './payload.ts';

const delivery = deliveryOf(alertWith());

function recordOf(one = delivery, key?: string, format: AlertFormat = 'falco'): KafkaRecord {
  return recordMaker({ format, ...(key !== undefined && { key }) })(one);
}

test('the value is the alert, every digit kept', () => {
  const { value } = recordOf();
  assert.equal(value, delivery.json);
  const { value: finding } = recordOf(delivery, undefined, 'ocsf');
  assert.equal(finding, alertDocument(delivery, 'ocsf'));
  assert.match(value, /"evt\.time":1786406649137331079/);
});

test('headers tell the delivery key, the rule and the priority', () => {
  const { headers } = recordOf();
  assert.deepEqual(headers, {
    'tocsin-delivery-key': delivery.key,
    'tocsin-rule': 'Read sensitive file untrusted',
    'tocsin-priority': 'warning',
  });
});

test('a rule cannot break out of a line', () => {
  const hostile = deliveryOf(alertWith({ rule: 'a\r\nX-Injected: yes\u2028b\u202ec' }));
  const { headers } = recordOf(hostile);
  assert.equal(headers['tocsin-rule'], 'a X-Injected: yes b\ufffdc');
});

test('the key is what the template makes of the alert', () => {
  const keyOf = (template: string) => recordOf(delivery, template).key;
  assert.equal(keyOf('{{ .Hostname }}/{{ .Priority }}'), 'gpu-node-1/Warning');
  assert.equal(keyOf('{{ index .OutputFields "user.name" }}'), 'jenkins');
});

test('without a template the key is the delivery key', () => {
  assert.equal(recordOf().key, delivery.key);
});

test('with an empty template there is none', () => {
  assert.equal(recordOf(delivery, '').key, null);
});

test('a template that says nothing gives the delivery key', () => {
  const template = '{{ with index .OutputFields "no.such" }}{{ . }}{{ end }}';
  assert.equal(recordOf(delivery, template).key, delivery.key);
});

test('a template that fails gives the delivery key, and says so', () => {
  const record = recordOf(delivery, '{{ .NoSuchField }}');
  assert.equal(record.key, delivery.key);
  assert.equal(record.headers['tocsin-template-error'], 'key');
});
