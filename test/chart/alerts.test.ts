import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { startService } from '../services/service.ts';
import { makeAuthority } from '../support/certificates.ts';
import { metric, startHub } from '../support/hub-process.ts';
import { liveMetrics, unknownIn } from './live-metrics.ts';
import { CHART, only, startHelm } from './render.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { alertname: string; exp_alerts: readonly object[] }[];
  }[];
}

const top = join(import.meta.dirname, '../..');
const scenarios = join(top, 'test/data/alerts/alerts.yaml');
const file = parse(readFileSync(join(CHART, 'files/alerts.yaml'), 'utf8')) as RuleFile;
const rules = file.groups.flatMap((group) => group.rules);

test('alerts: promtool sees each fire when it should, and not before', async (t) => {
  const service = await startService(t, 'prometheus');
  if (service === undefined) return;
  const output = execFileSync(service['PROMTOOL'] ?? '', ['test', 'rules', scenarios]);
  assert.match(output.toString(), /SUCCESS/);
});

test('alerts: there is a case for each, firing and silent', () => {
  const { tests } = parse(readFileSync(scenarios, 'utf8')) as RuleTests;
  const cases = tests.flatMap((one) => one.alert_rule_test);
  for (const fires of [true, false]) {
    const names = cases.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires);
    const covered = new Set(names.map(({ alertname }) => alertname));
    assert.deepEqual([...covered].toSorted(), rules.map(({ alert }) => alert).toSorted());
  }
});

for (const { alert, annotations } of rules) {
  test(`alerts: the runbook of ${alert} is there`, () => {
    const [path = '', anchor] = annotations.runbook_url.split('#');
    assert.ok(existsSync(join(top, path)), path);
    assert.equal(anchor, alert.toLowerCase());
    assert.ok(readFileSync(join(top, path), 'utf8').includes(`\n## ${alert}\n`));
  });
}

test('alerts: the hub has every metric that they ask for', async (t) => {
  const live = await liveMetrics(t);
  assert.deepEqual(
    rules.flatMap(({ expr }) => unknownIn(expr, live)),
    [],
  );
  assert.deepEqual(unknownIn('rate(tocsin_nope_total[5m]) + tocsin_queue_depth{queue="a"}', live), [
    'tocsin_nope_total',
    'tocsin_queue_depth{queue}',
  ]);
});

test('metrics: the first certificate that expires', async (t) => {
  const notAfter = new Date('2031-05-06T07:08:09Z');
  const { certFile, keyFile } = makeAuthority().issueLocalhost({ notAfter });
  const hub = await startHub(t, {
    outputs: {},
    ingest: { grpc: { tls: { certFile, keyFile } } },
  });
  const seconds = await metric(hub, 'tocsin_certificate_not_after_seconds');
  assert.equal(seconds, notAfter.getTime() / 1000);
  const plain = await startHub(t, { outputs: {} });
  assert.equal(await metric(plain, 'tocsin_certificate_not_after_seconds'), 0);
});

test('chart: a PrometheusRule with the alerts, links that lead somewhere, and more', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const rule = only(await helm.objects('native-all.yaml'), 'PrometheusRule');
  assert.equal(rule.metadata.namespace, 'monitoring');
  const { groups } = rule.spec as unknown as RuleFile;
  const made = groups[0]?.rules ?? [];
  const kept = rules.filter(({ alert }) => alert !== 'TocsinNoAlerts');
  assert.deepEqual(
    made.map(({ alert, expr }) => ({ alert, expr })),
    [...kept, { alert: 'Mine', expr: 'up == 0' }].map(({ alert, expr }) => ({ alert, expr })),
  );
  const link = 'https://docs.example.org/tocsin/charts/tocsin/runbook.md#tocsindown';
  assert.equal(made[0]?.annotations.runbook_url, link);
  assert.equal(made[0]?.annotations.summary, rules[0]?.annotations.summary);
  assert.deepEqual(
    groups[1]?.rules.map(({ alert, expr }) => [alert, expr]),
    [
      [
        'FalcoErrorEventsRateHigh',
        'rate(falcosecurity_falcosidekick_falco_events_total{priority_raw="error"}[5m]) > 2',
      ],
    ],
  );
});

test('chart: with old values the falcosidekick chart’s alerts are there, but those turned off', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const rule = only(await helm.objects('falcosidekick-values.yaml'), 'PrometheusRule');
  const { groups } = rule.spec as unknown as RuleFile;
  assert.deepEqual(
    groups[1]?.rules.map(({ alert }) => alert),
    [
      'FalcoErrorEventsRateHigh',
      'FalcoCriticalEventsRateHigh',
      'FalcoAlertEventsRateHigh',
      'FalcoEmergencyEventsRateHigh',
      'FalcoErrorOutputEventsRateHigh',
    ],
  );
  assert.match(groups[1]?.rules.at(-1)?.expr ?? '', /\[10m\]/);
});

test('chart: more rules may be a list, or a map as in the falcosidekick chart', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const mine = { alert: 'Mine', expr: 'up == 0' };
  for (const additionalAlerts of [[mine], { mine }]) {
    const objects = await helm.objects({ prometheusRules: { enabled: true, additionalAlerts } });
    const { groups } = only(objects, 'PrometheusRule').spec as unknown as RuleFile;
    assert.deepEqual(groups[0]?.rules.at(-1), mine);
  }
});
