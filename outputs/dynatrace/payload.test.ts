import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { logsBody } from './payload.ts';

test('a log has the attributes that Dynatrace knows, and its own time', () => {
  const alert = alertWith({
    tags: ['NIST_800-53T1', 'T1555', 'mitre_credential_access'],
    fields: { 'k8s.ns.name': 'prod', 'ka.target.namespace': 'other', 'proc.name': 'cat' },
  });
  const [log] = JSON.parse(logsBody([deliveryOf(alert)], Date.parse('2026-08-11T12:00:00Z'))) as [
    Record<string, unknown>,
  ];
  const { content, ...attributes } = log;
  assert.deepEqual(attributes, {
    timestamp: '2026-08-11T00:04:09.137331079Z',
    'event.id': alert.uuid,
    'event.name': 'Read sensitive file untrusted',
    'event.provider': 'Falco',
    severity: 'WARN',
    'log.source': 'syscall',
    'host.name': 'gpu-node-1',
    'mitre.technique': 'T1555',
    'mitre.tactic': 'Credential Access',
    'k8s.namespace.name': 'prod',
    'process.executable.name': 'cat',
  });
  assert.deepEqual(Object.keys(content as object), ['output', 'output_fields', 'tags']);
});
