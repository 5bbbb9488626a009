import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { pushContract } from '../../test/contract/push-contract.ts';
import dynatrace from './index.ts';
import { logsBody } from './payload.ts';

const settings = (origin: string) => ({
  url: `${origin}/e/abc/api/`,
  token: 'planted-token',
  compress: false,
});

pushContract(dynatrace, {
  settings,
  path: '/e/abc/api/v2/logs/ingest',
  headers: { authorization: 'Api-Token planted-token' },
  accepted: () => ({ status: 204 }),
  documentsIn({ body }) {
    const logs = JSON.parse(body) as Record<string, unknown>[];
    return logs.map(({ 'event.id': uuid, content, timestamp, ...attributes }) => {
      // The alerts are months old: Dynatrace would drop them.
      assert.equal(timestamp, undefined);
      assert.ok(Buffer.byteLength(JSON.stringify(content)) <= 65_536);
      for (const value of Object.values(attributes)) assert.ok(String(value).length <= 250);
      assert.ok((content as { tags: string[] }).tags.includes('late'));
      return JSON.stringify({ uuid });
    });
  },
  lookalikes: [{ status: 200 }, { status: 202 }, { status: 200, body: '{}' }],
});

const PART = { details: { message: 'Only a part of input events were ingested' } };

answersMean(dynatrace, settings, [
  [204, '', 'delivered'],
  [200, PART, 'reject/payload'],
  [400, '', 'reject/payload'],
  [401, '', 'retry/auth'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);

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
