import assert from 'node:assert/strict';
import test from 'node:test';
import { type Alert, PRIORITIES } from '../alert.ts';
import { alertWith, deliveryOf, oddAlerts } from '../../test/contract/alerts.ts';
import { alertDocument } from './alert-document.ts';
import { ecsMembers } from './ecs.ts';

function documentOf(alert: Alert): Record<string, unknown> {
  return JSON.parse(alertDocument(deliveryOf(alert), 'ecs')) as Record<string, unknown>;
}

test('an alert in the Elastic Common Schema', () => {
  const alert = alertWith({
    tags: ['T1059', 'T1059.004', 'container'],
    fields: {
      'container.id': '64de0b15c819',
      'container.image.repository': 'registry.k8s.io/coredns',
      'container.image.tag': 'v1.11.3',
      'fd.name': '/etc/shadow',
      'k8s.ns.name': 'kube-system',
      'k8s.pod.name': 'coredns-5dd57',
      'proc.cmdline': 'cat /etc/shadow',
      'proc.name': 'cat',
      'proc.pid': 4711,
      'proc.pname': 'bash',
      'user.name': 'jenkins',
      'user.uid': 112,
    },
  });
  const { falco, ...members } = documentOf(alert);
  assert.deepEqual(falco, JSON.parse(deliveryOf(alert).json));
  assert.deepEqual(members, {
    '@timestamp': '2026-08-11T00:04:09.137331079Z',
    ecs: { version: '8.17.0' },
    message: alert.output,
    event: {
      kind: 'alert',
      category: ['intrusion_detection'],
      type: ['info'],
      module: 'falco',
      dataset: 'falco.alerts',
      provider: 'syscall',
      id: alert.uuid,
      severity: 3,
      created: '2026-08-11T00:04:09.150Z',
    },
    log: { level: 'warning' },
    rule: { name: alert.rule },
    observer: { type: 'sensor', product: 'falco' },
    host: { name: 'gpu-node-1', hostname: 'gpu-node-1' },
    tags: alert.tags,
    threat: {
      framework: 'MITRE ATT&CK',
      technique: { id: ['T1059'], subtechnique: { id: ['T1059.004'] } },
    },
    process: {
      name: 'cat',
      command_line: 'cat /etc/shadow',
      pid: 4711,
      parent: { name: 'bash' },
    },
    user: { name: 'jenkins', id: '112' },
    file: { path: '/etc/shadow' },
    container: {
      id: '64de0b15c819',
      image: { name: 'registry.k8s.io/coredns', tag: ['v1.11.3'] },
    },
    orchestrator: { namespace: 'kube-system', resource: { name: 'coredns-5dd57' } },
  });
});

test('severity grows with the priority', () => {
  const severities = PRIORITIES.map(
    (priority) => (documentOf(alertWith({ priority }))['event'] as { severity: number }).severity,
  );
  assert.deepEqual(severities, [7, 6, 5, 4, 3, 2, 1, 0]);
});

test('of an alert without host, tags and fields nothing is made up', () => {
  const members = documentOf(alertWith({ hostname: '', tags: [], fields: {} }));
  assert.deepEqual(Object.keys(members), [
    '@timestamp',
    'ecs',
    'message',
    'event',
    'log',
    'rule',
    'observer',
    'falco',
  ]);
});

const misfits: readonly [name: string, fields: Alert['fields']][] = [
  ['an address that is none', { 'fd.cip': 'localhost', 'fd.sip': '300.1.1.1', 'fd.rip': '' }],
  ['a port that is a text', { 'fd.cport': '80', 'fd.rport': 1.5 }],
  ['a pid beyond a double', { 'proc.pid': JSON.rawJSON('9223372036854775808') }],
  ['what runs outside of containers', { 'container.id': 'host', 'container.name': 'host' }],
  ['a connection instead of a path', { 'fd.name': '10.0.0.1:123->10.0.0.2:80' }],
  ["Falco's word for nothing", { 'user.name': '<NA>', 'proc.name': null, 'container.id': '' }],
  ['an argument list', { 'proc.cmdline': ['a', 'b'], 'user.uid': true }],
  ['a name of JavaScript', { constructor: 'x', toString: 'y' }],
];

for (const [name, fields] of misfits) {
  test(`a place in the schema is left empty rather than given ${name}`, () => {
    const { falco, ...members } = documentOf(alertWith({ fields }));
    const { falco: _, ...empty } = documentOf(alertWith({ fields: {} }));
    assert.deepEqual(members, empty);
    assert.deepEqual(
      (falco as { output_fields: object }).output_fields,
      JSON.parse(JSON.stringify(fields)),
    );
  });
}

test('the user of a Kubernetes audit alert stands where that of a process would', () => {
  const fields = { 'ka.user.name': 'admin', 'ka.target.resource': 'pods', 'ka.target.name': 'web' };
  const { user, orchestrator } = documentOf(alertWith({ fields }));
  assert.deepEqual(user, { name: 'admin' });
  assert.deepEqual(orchestrator, { resource: { name: 'web', type: 'pods' } });
});

test('odd alerts have the members of the schema and no others', () => {
  const members = new Set(
    'ecs message event log rule observer host tags threat process user group file client server source destination network container orchestrator'.split(
      ' ',
    ),
  );
  for (const alert of oddAlerts(7, 100)) {
    const unknown = Object.keys(ecsMembers(alert)).filter((name) => !members.has(name));
    assert.deepEqual(unknown, []);
  }
});
