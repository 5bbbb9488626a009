import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { type Alert, PRIORITIES } from '../alert.ts';
import { parseLossless } from '../json.ts';
import { alertWith, deliveryOf, oddAlerts } from '../../test/contract/alerts.ts';
import { corpusLines } from '../../test/support/corpus.ts';
import { alertDocument } from './alert-document.ts';

const file = new URL('../../test/data/ocsf/detection-finding-1.5.0.json', import.meta.url);
const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
const isFinding = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);

/** The finding of an alert, which the schema agrees to. */
function findingOf(alert: Alert): Record<string, unknown> {
  const finding = JSON.parse(alertDocument(deliveryOf(alert), 'ocsf')) as Record<string, unknown>;
  assert.ok(isFinding(finding), JSON.stringify([isFinding.errors, finding]));
  return finding;
}

test('an alert as a Detection Finding', () => {
  const alert = alertWith({
    tags: ['T1059', 'T1059.004', 'container', 'mitre_execution'],
    fields: {
      'container.id': '64de0b15c819',
      'container.image.repository': 'registry.k8s.io/coredns',
      'container.image.tag': 'v1.11.3',
      'evt.time': JSON.rawJSON('1786406649137331079'),
      'fd.name': '/etc/shadow',
      'k8s.ns.name': 'kube-system',
      'k8s.pod.name': 'coredns-5dd57',
      'proc.cmdline': 'cat /etc/shadow',
      'proc.exepath': '/bin/cat',
      'proc.name': 'cat',
      'proc.pid': 4711,
      'proc.pname': 'bash',
      'user.name': 'jenkins',
      'user.uid': 112,
    },
  });
  const { unmapped, ...finding } = findingOf(alert);
  const tactic = { uid: 'TA0002', name: 'Execution' };
  const technique = { uid: 'T1059', name: 'Command and Scripting Interpreter' };
  assert.deepEqual(finding, {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200_401,
    type_name: 'Detection Finding: Create',
    time: 1_786_406_649_137,
    severity_id: 3,
    severity: 'Medium',
    status_id: 1,
    status: 'New',
    is_alert: true,
    message: alert.output,
    metadata: {
      version: '1.5.0',
      uid: alert.uuid,
      product: { name: 'Falco', vendor_name: 'The Falco Project' },
      log_name: 'syscall',
      original_time: alert.time,
      logged_time: 1_786_406_649_150,
      labels: alert.tags,
    },
    finding_info: {
      uid: alert.uuid,
      title: alert.rule,
      desc: alert.output,
      created_time: 1_786_406_649_137,
      types: ['syscall'],
      analytic: { name: alert.rule, type_id: 1, type: 'Rule' },
      attacks: [
        { tactic, technique },
        { tactic, technique, sub_technique: { uid: 'T1059.004', name: 'Unix Shell' } },
      ],
    },
    evidences: [
      {
        process: {
          name: 'cat',
          cmd_line: 'cat /etc/shadow',
          pid: 4711,
          file: { path: '/bin/cat', name: 'cat', type_id: 1 },
          parent_process: { name: 'bash', uid: `${alert.uuid}/parent` },
        },
        user: { name: 'jenkins', uid: '112' },
        file: { path: '/etc/shadow', name: 'shadow', type_id: 0 },
        container: {
          uid: '64de0b15c819',
          image: {
            name: 'registry.k8s.io/coredns',
            labels: ['v1.11.3'],
            uid: 'registry.k8s.io/coredns',
          },
        },
      },
    ],
    resources: [{ type: 'pod', name: 'coredns-5dd57', namespace: 'kube-system' }],
    device: { type_id: 0, type: 'Unknown', hostname: 'gpu-node-1' },
  });
  const { priority, output_fields: fields } = unmapped as Record<string, object>;
  assert.equal(priority, 'Warning');
  assert.deepEqual(Object.keys(fields ?? {}), Object.keys(alert.fields));
  assert.match(alertDocument(deliveryOf(alert), 'ocsf'), /"evt.time":1786406649137331079,/);
});

test('severity and its id grow with the priority', () => {
  const ids = PRIORITIES.map((priority) => findingOf(alertWith({ priority }))['severity_id']);
  assert.deepEqual(ids, [6, 5, 5, 4, 3, 2, 1, 1]);
});

test('a call to the API of Kubernetes is evidence, its target a resource', () => {
  const fields = {
    'ka.auditid': '5c4d9f0e',
    'ka.response.code': '201',
    'ka.target.name': 'web',
    'ka.target.namespace': 'prod',
    'ka.target.resource': 'pods',
    'ka.user.name': 'admin',
    'ka.verb': 'create',
  };
  const { evidences, resources } = findingOf(alertWith({ source: 'k8s_audit', fields }));
  assert.deepEqual(evidences, [
    {
      user: { name: 'admin' },
      api: { operation: 'create', request: { uid: '5c4d9f0e' }, response: { code: 201 } },
    },
  ]);
  assert.deepEqual(resources, [{ type: 'pods', name: 'web', namespace: 'prod' }]);
});

const incomplete: readonly [name: string, fields: Alert['fields'], evidences: unknown][] = [
  ['nothing', {}, undefined],
  ['a port without its address', { 'fd.cport': 80 }, undefined],
  [
    'a port beyond the last',
    { 'fd.cip': '10.0.0.1', 'fd.cport': 65_536 },
    [{ src_endpoint: { ip: '10.0.0.1' } }],
  ],
  ['a process id below 0', { 'proc.pid': -1 }, undefined],
  ['an image of no container', { 'container.image.repository': 'nginx' }, undefined],
  ['the host', { 'container.id': 'host', 'container.name': 'host' }, undefined],
  ['the answer to no call', { 'ka.response.code': 200 }, undefined],
  [
    'a container alone',
    { 'container.id': 'c1' },
    [{ container: { uid: 'c1' }, data: { container: { uid: 'c1' } } }],
  ],
];

for (const [name, fields, evidences] of incomplete) {
  test(`${name} makes no evidence that the schema refuses`, () => {
    assert.deepEqual(findingOf(alertWith({ fields }))['evidences'], evidences);
  });
}

test('whatever an alert holds, its finding keeps to the schema, and keeps every digit', () => {
  const odd = oddAlerts(20_261_122, 200);
  const falcos = corpusLines.map((line) => {
    const { output_fields: fields, tags = [] } = parseLossless(line) as {
      output_fields?: Alert['fields'];
      tags?: string[];
    };
    return alertWith({ fields: fields ?? {}, tags });
  });
  for (const alert of [...odd, ...falcos]) {
    findingOf(alert);
    const document = alertDocument(deliveryOf(alert), 'ocsf');
    for (const value of Object.values(alert.fields)) {
      if (JSON.isRawJSON(value)) assert.ok(document.includes(value.rawJSON));
    }
  }
});
