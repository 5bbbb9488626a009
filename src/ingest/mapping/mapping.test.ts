import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test, type TestContext } from 'node:test';
import { loadConfig } from '../../../config/load.ts';
import { formatProblem } from '../../../config/problem.ts';
import { AGENTS } from '../../../test/support/agent-settings.ts';
import { openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import type { HttpSettings } from '../http/settings.ts';
import { compilePath, MappingError } from './path.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const EXAMPLES = read('config/examples/mappings.yaml');
const EVENTS = JSON.parse(read('test/data/mapping/events.json')) as readonly {
  readonly input: object;
  readonly expect: Readonly<Record<string, unknown>>;
}[];
const [WAZUH, SCANNER] = EVENTS;
const FINDING = {
  version: '0',
  id: 'c8c4daa7-a20c-2f03-0070-b7393dd542ad',
  'detail-type': 'GuardDuty Finding',
  source: 'aws.guardduty',
  account: '123456789012',
  time: '2026-08-11T02:00:00Z',
  region: 'eu-west-1',
  detail: {
    type: 'UnauthorizedAccess:EC2/SSHBruteForce',
    severity: 8.5,
    title: 'SSH brute force against i-1',
    resource: { instanceDetails: { instanceId: 'i-1' } },
    service: { count: 9_007_199, archived: false, ips: ['203.0.113.7', '203.0.113.8'] },
  },
};

function load(text: string): ReturnType<typeof loadConfig> {
  return loadConfig({ text, env: {}, flags: {}, baseDirectory: '/etc' });
}

async function take(t: TestContext, yaml = EXAMPLES, auth?: HttpSettings['auth']) {
  const loaded = await load(yaml);
  assert.ok(loaded.ok);
  const { admitter, stored } = memoryAdmission();
  const agents = { ...AGENTS, mappings: loaded.mappings };
  const settings = auth === undefined ? {} : { auth };
  const overrides = { admission: admitter, agents: () => agents };
  const door = await openDoor(t, settings, overrides);
  return {
    door,
    send: async (document: unknown, path = '/', headers = {}) =>
      (await post(door.port, JSON.stringify(document), headers, path)).status,
    alerts: () => stored.map(({ json }) => JSON.parse(json)),
  };
}

const mappingOf = (lines: string): string =>
  `ingest:\n  mappings:\n    own:\n${lines.replaceAll(/^/gm, '      ')}\n`;

suite('mappings', () => {
  for (const path of ['/', '/in/wazuh', '/api/v1/alerts']) {
    test(`Wazuh on ${path}`, async (t) => {
      const { send, alerts } = await take(t);
      assert.equal(await send(WAZUH!.input, path), 200);
      const [alert] = alerts();
      const { time, ...expected } = WAZUH!.expect;
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(alert[name], value);
      assert.equal(Date.parse(alert.time), Date.parse(String(time)));
      assert.equal(alert.output_fields['rule.level'], 10);
      assert.deepEqual(alert.output_fields['rule.mitre.id'], ['T1110']);
    });
  }

  test('GuardDuty by EventBridge, and a finding that comes again', async (t) => {
    const { send, alerts } = await take(t);
    assert.equal(await send(FINDING), 200);
    assert.equal(await send(FINDING), 200);
    const [alert, ...others] = alerts();
    assert.deepEqual(others, []);
    assert.equal(alert.rule, 'UnauthorizedAccess:EC2/SSHBruteForce');
    assert.deepEqual([alert.priority, alert.source, alert.hostname], ['Error', 'guardduty', 'i-1']);
    assert.equal(alert.output, 'SSH brute force against i-1');
    assert.deepEqual(alert.tags, ['123456789012', 'eu-west-1']);
    assert.equal(alert.output_fields['detail.service.archived'], false);
  });

  test('Trivy: an alert for each vulnerability', async (t) => {
    const { send, alerts, door } = await take(t);
    const vulnerability = { ...SCANNER!.input, resource: 'xz', installedVersion: '5.6.0' };
    const other = { vulnerabilityID: 'CVE-2', severity: 'low', title: 'small' };
    const report = { vulnerabilities: [vulnerability, other, 'odd'] };
    const sent = { kind: 'VulnerabilityReport', report };
    assert.equal(await send(sent), 200);
    const told = alerts().map(({ rule, priority, output }) => [rule, priority, output]);
    assert.deepEqual(told, [
      [SCANNER!.expect['rule'], 'Critical', 'xz: malicious code in distributed source (xz 5.6.0)'],
      ['Vulnerability CVE-2', 'Notice', 'small (<no value> <no value>)'],
    ]);
    assert.equal(door.rejected.length, 1);
    assert.equal(await send({ ...sent, report: { vulnerabilities: [] } }), 200);
    assert.deepEqual(
      door.quiet.map(({ agent }) => agent),
      ['trivy'],
    );
    assert.equal(await send({ ...sent, report: {} }), 422);
    // By its name it reads whatever comes, also what is no report.
    assert.equal(await send(SCANNER!.input, '/in/trivy'), 422);
  });

  test('in a CloudEvent, and never in place of a known format', async (t) => {
    const { send, alerts } = await take(t, mappingOf('match: "true"\nrule: Caught'));
    const event = { specversion: '1.0', id: '1', source: '/s', type: 't', data: { any: 1 } };
    assert.equal(await send(event), 200);
    assert.equal(await send({ rule: 'R', priority: 'Error', own: 1 }), 200);
    assert.equal(await send({ alerts: [{}], version: '4', groupKey: '{}' }), 200);
    assert.equal(await send({ some: 'thing' }), 200);
    const rules = alerts().map(({ rule }) => rule);
    assert.deepEqual(rules, ['Caught', 'R', 'Alertmanager alert', 'Caught']);
  });

  test('a credential has the name of a mapping, and a path none then', async (t) => {
    const paths = [{ name: 'own', token: 'long-secret' }];
    const tokens = [{ name: 'own', token: 'other-secret' }];
    const { send, alerts } = await take(t, mappingOf('rule: Named'), { tokens, basic: [], paths });
    assert.equal(await send({ any: 1 }, '/in/own'), 401);
    assert.equal(await send({ any: 1 }, '/in/long-secret'), 200);
    assert.equal(await send({ any: 1 }, '/', { authorization: 'Bearer other-secret' }), 200);
    const rules = alerts().map(({ rule }) => rule);
    assert.deepEqual(rules, ['Named', 'Named']);
  });

  test('whatever an event is, it becomes an alert', async (t) => {
    const yaml = mappingOf(
      'time: $.t\nrule: $.r\npriority: $.p\nlevels: [{from: 5, priority: error}]\n' +
        'hostname: $.h\noutput: $.o\ntags: [$.g]\nfields: {deep: "$.d[*].e"}\nid: $.i',
    );
    const { send, alerts } = await take(t, yaml);
    const empty = ['', ' \n', '\ufeff', '\0'];
    const odd: unknown[] = [
      null,
      5,
      ...empty,
      'x',
      [],
      {},
      true,
      [1, { e: 1 }],
      { e: [] },
      '9',
      1e300,
    ];
    for (const key of ['t', 'r', 'p', 'h', 'o', 'g', 'd', 'i']) {
      for (const value of odd) assert.equal(await send({ [key]: value, n: 1 }, '/in/own'), 200);
    }
    assert.ok(alerts().every(({ priority }) => ['Notice', 'Error'].includes(priority)));
    assert.ok(alerts().every(({ rule }) => rule !== ''));
  });

  test('thousands of members, deep and wide, are cut to an alert', async (t) => {
    const { send, alerts } = await take(t, mappingOf('rule: R'));
    let deep: unknown = 1;
    for (let level = 0; level < 20; level += 1) deep = { d: deep };
    const wide = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`m${at}`, at]));
    assert.equal(await send({ deep, wide }, '/in/own'), 200);
    const { output_fields: fields } = alerts()[0];
    assert.equal(Object.keys(fields).length, 512);
    assert.equal(fields['deep.d.d.d.d.d.d.d.d'].length > 5, true);
  });

  test('every mistake in a mapping is told with its place', async () => {
    const wrong = mappingOf(
      'match: evnt.a == 1\nsplit: Records\nrule: $.a..b\noutput: "{{ .a"\ntags: ["$[x]"]\npriorities: {A: huge}',
    );
    const result = await load(wrong);
    assert.ok(!result.ok);
    assert.match(result.problems.map(formatProblem).join('\n'), /priorities\.A/);
    const others = await load(wrong.replace('huge', 'error'));
    assert.ok(!others.ok);
    const text = others.problems.map(formatProblem).join('\n');
    for (const place of ['match', 'split', 'rule', 'output', 'tags[0]']) {
      assert.ok(text.includes(`ingest.mappings.own.${place}`), `${place} in ${text}`);
    }
  });
});

suite('paths', () => {
  const document = { a: { 'b c': [{ d: 1 }, { d: [2, 3] }, 4] }, length: 5 };
  const cases: Readonly<Record<string, unknown>> = {
    $: document,
    '$.length': 5,
    "$.a['b c'][0].d": 1,
    '$["a"]["b c"][*].d': [1, 2, 3],
    '$.a.b': undefined,
    '$.a.length': undefined,
    "$.a['b c'].length": undefined,
    '$.a[0]': undefined,
    '$.toString': undefined,
    '$.__proto__': undefined,
  };
  for (const [path, value] of Object.entries(cases)) {
    test(path, () => assert.deepEqual(compilePath(path)(document), value));
  }
  for (const path of [
    '$.',
    '$a',
    '$.a[',
    '$..a',
    '$.a[-1]',
    "$['a",
    '$.a[?(@.b)]',
    `$${'.a'.repeat(33)}`,
  ]) {
    test(`${path.slice(0, 20)} is none`, () =>
      assert.throws(() => compilePath(path), MappingError));
  }
});
