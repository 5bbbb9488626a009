import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Alert, Provenance } from '../../alert.ts';
import { compileRoutes } from '../../route/router.ts';
import type { ContextSettings } from './context-fields.ts';
import { compileEnrichment } from './enrich.ts';
import { normaliseFalco } from './falco.ts';

const SIDEKICK = {
  customFields: { env: 'prod' },
  templatedFields: { page: 'team-{{ index . "k8s.ns.owner" }}' },
  customTags: [],
  bracketReplacer: '',
  outputFieldFormat: '',
};
const FALCO: Provenance = { input: 'http', agent: 'falco', peer: '192.0.2.1' };
const EDGE: Provenance = { ...FALCO, identity: 'token:edge' };

function alertWith(
  settings: ContextSettings,
  fields: object,
  provenance: Provenance = FALCO,
  tags: readonly string[] = [],
): Alert {
  const document = { rule: 'R', priority: 'Error', output: 'o', output_fields: fields, tags };
  const enrichment = compileEnrichment({ ...SIDEKICK, ...settings });
  const result = normaliseFalco(document, { nowMs: 0, provenance, enrichment });
  assert.ok(result.ok);
  return result.alert;
}

suite('what the hub knows of an alert', () => {
  test('the cluster is the one of the proven sender, whatever the alert says', () => {
    const settings = { clusters: { 'token:edge': 'edge-1' } };
    const claim = { 'k8s.cluster.name': 'other', 'k8s.cluster.identity': 'token:other' };
    const { fields } = alertWith(settings, claim, EDGE);
    assert.equal(fields['k8s.cluster.name'], 'edge-1');
    assert.equal(fields['k8s.cluster.identity'], 'token:edge');
    const unproven = alertWith(settings, claim).fields;
    assert.ok(!('k8s.cluster.name' in unproven) && !('k8s.cluster.identity' in unproven));
    const strange = alertWith(settings, {}, { ...FALCO, identity: 'toString' }).fields;
    assert.ok(!('k8s.cluster.name' in strange));
  });

  test('the path of audit events names a cluster, and it stands there that nobody proved it', () => {
    const settings = { clusters: { 'token:edge': 'edge-1' } };
    const fields = { 'ka.cluster.name': 'prod', 'ka.cluster.identity': 'unverified' };
    const audit = { ...FALCO, agent: 'k8s_audit' };
    const claimed = alertWith(settings, fields, audit).fields;
    assert.equal(claimed['k8s.cluster.name'], 'prod');
    assert.equal(claimed['k8s.cluster.identity'], 'unverified');
    const proven = alertWith(settings, fields, { ...audit, identity: 'token:edge' }).fields;
    assert.equal(proven['k8s.cluster.name'], 'edge-1');
    assert.ok(!('k8s.cluster.name' in alertWith(settings, fields).fields), "Falco's is no path");
  });

  test('a namespace has the owner that names it best', () => {
    const settings = {
      clusters: { 'token:edge': 'edge-1' },
      owners: {
        payments: 'pay',
        'edge-1/payments': 'pay-edge',
        'kube-*': 'platform',
        'kube-flannel-*': 'network',
        '*': 'soc',
      },
    };
    const ownerOf = (namespace: unknown, provenance?: Provenance): unknown =>
      alertWith(settings, { 'k8s.ns.name': namespace, 'k8s.ns.owner': 'me' }, provenance).fields[
        'k8s.ns.owner'
      ];
    assert.equal(ownerOf('payments'), 'pay');
    assert.equal(ownerOf('payments', EDGE), 'pay-edge');
    assert.equal(ownerOf('kube-system'), 'platform');
    assert.equal(ownerOf('kube-flannel-1'), 'network');
    assert.equal(ownerOf('toString'), 'soc');
    for (const none of [null, '', 5, ['payments']]) assert.equal(ownerOf(none), undefined);
  });

  test('tags become lists of tactics and techniques, with their names', () => {
    const tags = ['T1059.004', 'T9999', 'container', 'mitre_execution', 'TA0005-defense-evasion'];
    const { fields } = alertWith({ attack: true }, { 'mitre.tactic.id': 'forged' }, FALCO, tags);
    assert.deepEqual(fields['mitre.tactic.id'], ['TA0005', 'TA0002']);
    assert.deepEqual(fields['mitre.tactic.name'], ['Defense Evasion', 'Execution']);
    assert.deepEqual(fields['mitre.technique.id'], ['T1059.004', 'T9999']);
    assert.deepEqual(fields['mitre.technique.name'], ['Unix Shell', 'T9999']);
    const none = alertWith({ attack: true }, { 'mitre.tactic.id': 'forged' }).fields;
    assert.ok(!('mitre.tactic.id' in none));
  });

  test('templates and routes go by it', () => {
    const settings = { attack: true, owners: { payments: 'pay' } };
    const alert = alertWith(settings, { 'k8s.ns.name': 'payments' }, FALCO, ['mitre_execution']);
    assert.equal(alert.fields['page'], 'team-pay');
    assert.equal(alert.fields['env'], 'prod');
    const matches = (match: string, one: Alert): boolean =>
      compileRoutes({
        outputs: [{ name: 'out' }],
        routes: [{ match, outputs: ['out'], continue: false }],
        unrouted: 'none',
      }).route(one).outputs.length === 1;
    assert.ok(matches('"TA0002" in fields["mitre.tactic.id"]', alert));
    assert.ok(matches('fields["k8s.ns.owner"] == "pay"', alert));
    assert.ok(!matches('"TA0002" in fields["mitre.tactic.id"]', alertWith(settings, {})));
  });

  test('without settings nothing is added, and nothing taken away', () => {
    const fields = { 'k8s.cluster.name': 'x', 'k8s.ns.owner': 'y', 'mitre.tactic.id': 'z' };
    const { page: _, env: __, ...rest } = alertWith({}, fields, EDGE).fields;
    assert.deepEqual(rest, fields);
  });
});
