import assert from 'node:assert/strict';
import test from 'node:test';
import { PRIORITIES, type Priority } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import policyreport from './index.ts';
import { type ReportResult, reportResult } from './payload.ts';
import { withResults } from './report.ts';
import type { PolicyReportSettings } from './settings.ts';
import { subjectOf } from './subject.ts';

test('policyreport: a result says what the alert says', () => {
  const fields = { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'cart-7', 'proc.tty': 34_818 };
  const delivery = deliveryOf(alertWith({ fields }));
  assert.deepEqual(reportResult(delivery), {
    source: 'Falco',
    policy: 'syscall',
    rule: 'Read sensitive file untrusted',
    category: 'SI - System and Information Integrity',
    severity: 'medium',
    result: 'warn',
    message:
      'Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow',
    timestamp: { seconds: 1_786_406_649, nanos: 137_331_079 },
    properties: {
      'k8s.ns.name': 'shop',
      'k8s.pod.name': 'cart-7',
      'proc.tty': '34818',
      'tocsin.uuid': delivery.alert.uuid,
      'tocsin.key': delivery.key,
    },
    resources: [{ apiVersion: 'v1', kind: 'Pod', name: 'cart-7', namespace: 'shop' }],
  });
});

test('policyreport: severities and verdicts are those of Falcosidekick', () => {
  const said = PRIORITIES.map((priority) => {
    const { severity, result } = reportResult(deliveryOf(alertWith({ priority })));
    return `${priority} ${severity} ${result}`;
  });
  assert.deepEqual(said, [
    'emergency critical fail',
    'alert critical fail',
    'critical critical fail',
    'error high fail',
    'warning medium warn',
    'notice low skip',
    'informational info skip',
    'debug info skip',
  ]);
});

test('policyreport: an audit event is about its object', () => {
  const fields = {
    'ka.target.resource': 'secrets',
    'ka.target.name': 'db',
    'ka.target.namespace': 'shop',
  };
  const secret = { apiVersion: 'v1', kind: 'Secret', name: 'db', namespace: 'shop' };
  assert.deepEqual(subjectOf({ fields }), secret);
  const unknown = { ...fields, 'ka.target.resource': 'widgets' };
  assert.equal(subjectOf({ fields: unknown }), undefined);
  assert.equal(subjectOf({ fields: {} }), undefined);
});

const settings = settingsOf(policyreport, {}).values as unknown as PolicyReportSettings;

const EMPTY = { kind: 'PolicyReport' };

function resultOf(rule: string, priority: Priority = 'warning', output = 'x'): ReportResult {
  return reportResult(deliveryOf(alertWith({ rule, priority, output, fields: {} })));
}

test('policyreport: the least severe goes first where that is asked for', () => {
  const results = [
    resultOf('old error', 'error'),
    resultOf('old notice', 'notice'),
    resultOf('new warning'),
    resultOf('new notice', 'notice'),
  ];
  const kept = (own: object) =>
    withResults(EMPTY, results, { ...settings, ...own })?.results?.map(({ rule }) => rule);
  assert.deepEqual(kept({ resultsMax: 2 }), ['new warning', 'new notice']);
  assert.deepEqual(kept({ resultsMax: 2, pruneByPriority: true }), ['old error', 'new warning']);
});

test('policyreport: a report stays below what etcd takes, however long the alerts are', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`field.${n}`, '語'.repeat(400)]),
  );
  const results = Array.from({ length: 300 }, (_, n) =>
    reportResult(deliveryOf(alertWith({ rule: `Rule ${n}`, output: '語'.repeat(9000), fields }))),
  );
  const report = withResults(EMPTY, results, settings);
  const bytes = Buffer.byteLength(JSON.stringify(report));
  assert.ok(bytes > 900_000 && bytes < 1_100_000, `${bytes} bytes`);
  assert.equal(report?.results?.at(-1)?.rule, 'Rule 299');
});

test('policyreport: what a report has beside its results stays', () => {
  const before = {
    kind: 'PolicyReport',
    metadata: { labels: { team: 'soc' }, resourceVersion: '7' },
    scope: { kind: 'Namespace', name: 'shop' },
    results: null,
  };
  const { results, summary, ...rest } =
    withResults(before, [resultOf('one')], settings) ?? assert.fail();
  assert.equal(results?.length, 1);
  assert.deepEqual(summary, { pass: 0, fail: 0, warn: 1, error: 0, skip: 0 });
  const { results: _none, ...expected } = before;
  assert.deepEqual(rest, expected);
});

test('policyreport: every key of Falcosidekick finds its setting', async () => {
  const migrated = await loadSidekick({
    policyreport: {
      enabled: true,
      kubeconfig: '/k',
      falconamespace: 'falco',
      maxevents: 20_000,
      prunebypriority: true,
    },
  });
  assert.partialDeepStrictEqual(migrated.settings, {
    fallbackNamespace: 'falco',
    resultsMax: 10_000,
    pruneByPriority: true,
  });
  assert.match(String((migrated.common['tls'] as { caFile?: string }).caFile), /ca\.crt$/);
  assert.match(migrated.warnings.join('\n'), /is not read: the API server of this cluster/);
  const plain = await loadSidekick({ policyreport: { enabled: true } });
  assert.deepEqual(plain.warnings, []);
  assert.equal(plain.settings?.['resultsMax'], 1000);
  assert.equal(plain.settings?.['fallbackNamespace'], undefined);
});
