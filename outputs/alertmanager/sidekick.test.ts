import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';

async function load(env: Readonly<Record<string, string>>, text?: string) {
  const file = text === undefined ? {} : { file: 'c.yaml', text };
  const loaded = await loadConfig({ ...file, env, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  return loaded;
}

const ALERTMANAGER_HOSTPORT = 'http://a:9093';

test('everything that can be set is kept', async () => {
  const { outputs, warnings, misconfigured } = await load({
    ALERTMANAGER_HOSTPORT,
    ALERTMANAGER_ENDPOINT: 'prefix/api/v2/alerts',
    ALERTMANAGER_EXPIRESAFTER: '3600',
    ALERTMANAGER_EXTRALABELS: 'team:sec, empty',
    ALERTMANAGER_EXTRAANNOTATIONS: 'runbook:https://example.org/r',
    ALERTMANAGER_CUSTOMSEVERITYMAP: 'debug: low,critical:high',
    ALERTMANAGER_DROPEVENTTHRESHOLDS: '10:info, 100:alert',
    ALERTMANAGER_DROPEVENTDEFAULTPRIORITY: 'Error',
    ALERTMANAGER_CUSTOMHEADERS: 'X-Scope-OrgID:t',
    ALERTMANAGER_MINIMUMPRIORITY: 'notice',
  });
  assert.deepEqual([warnings, misconfigured], [[], []]);
  assert.equal(outputs[0]?.common.minimumPriority, 'notice');
  assert.deepEqual(outputs[0]?.settings, {
    urls: ['http://a:9093'],
    path: '/prefix/api/v2/alerts',
    expiresAfter: 3_600_000,
    source: 'falco',
    labels: { team: 'sec', empty: '' },
    annotations: { runbook: 'https://example.org/r' },
    severities: { debug: 'low', critical: 'high' },
    dropThresholds: [
      { above: 10, priority: 'informational' },
      { above: 100, priority: 'alert' },
    ],
    dropPriority: 'error',
    headers: { 'X-Scope-OrgID': 't' },
    format: 'falcosidekick',
  });
});

test('each host is an output of its own, so that none waits for another', async () => {
  const { outputs, misconfigured } = await load(
    { ALERTMANAGER_MINIMUMPRIORITY: 'error', ALERTMANAGER_CHECKCERT: 'false' },
    'alertmanager: { hostport: ["http://a:9093", " https://b:9093", "ftp://c"], endpoint: /x }',
  );
  assert.deepEqual(
    outputs.map(({ name, settings }) => [name, settings['urls'], settings['path']]),
    [
      ['alertmanager', ['http://a:9093'], '/x'],
      ['alertmanager-2', ['https://b:9093'], '/x'],
    ],
  );
  assert.ok(outputs.every(({ common }) => common.tls?.verify === false));
  assert.ok(outputs.every(({ common }) => common.minimumPriority === 'error'));
  assert.deepEqual(
    misconfigured.map(({ name, problems: [problem] }) => [name, problem?.line, problem?.path]),
    [['alertmanager-3', 1, 'alertmanager.hostport']],
  );
});

test('the interface that Alertmanager has no more becomes the next, and that is said', async () => {
  for (const endpoint of ['/api/v1/alerts', 'api/v1/alerts/', '/am/api/v1/alerts']) {
    const { outputs, warnings } = await load({
      ALERTMANAGER_HOSTPORT,
      ALERTMANAGER_ENDPOINT: endpoint,
    });
    const prefix = endpoint.startsWith('/am') ? '/am' : '';
    assert.equal(outputs[0]?.settings['path'], `${prefix}/api/v2/alerts`);
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['alertmanager.endpoint'],
    );
  }
});

test('the thresholds nobody set are those that Falcosidekick documents', async () => {
  const { outputs, differences } = await load({ ALERTMANAGER_HOSTPORT });
  assert.deepEqual(outputs[0]?.settings['dropThresholds'], [
    { above: 10_000, priority: 'critical' },
    { above: 1000, priority: 'critical' },
    { above: 100, priority: 'critical' },
    { above: 10, priority: 'warning' },
    { above: 1, priority: 'warning' },
  ]);
  assert.ok(differences.some((text) => text.startsWith('alertmanager.dropeventthresholds')));
  const set = await load({
    ALERTMANAGER_HOSTPORT,
    ALERTMANAGER_DROPEVENTTHRESHOLDS: '1:error',
    ALERTMANAGER_DROPEVENTDEFAULTPRIORITY: 'urgent',
  });
  assert.equal(set.outputs[0]?.settings['dropPriority'], 'critical');
  assert.ok(!set.differences.some((text) => text.startsWith('alertmanager.dropeventthresholds')));
});

test('a threshold for a priority that does not exist turns the output off, and says so', async () => {
  const { misconfigured } = await load({
    ALERTMANAGER_HOSTPORT,
    ALERTMANAGER_DROPEVENTTHRESHOLDS: '1:urgent',
  });
  assert.deepEqual(
    misconfigured.map(({ name }) => name),
    ['alertmanager'],
  );
});
