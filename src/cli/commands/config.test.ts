import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { run } from '../../../test/support/command-line.ts';
import { temporaryDirectory } from '../../../test/support/memory-control.ts';

function fileWith(t: TestContext, text: string, name = 'config.yaml'): string {
  const file = join(temporaryDirectory(t), name);
  writeFileSync(file, text);
  return file;
}

const NATIVE = `
outputs:
  soc: { type: slack, webhookUrl: "https://hooks.slack.com/services/T/B/planted", minimumPriority: warning }
  siem: { type: webhook, url: "http://127.0.0.1:9/" }
  page: { type: webhook, url: "http://127.0.0.1:9/", minimumPriority: emergency }
routes:
  - { name: audit, match: 'source == "k8s_audit"', outputs: [siem] }
  - { match: 'fields["big"] + 1 > 0', outputs: [page] }
  - { match: 'priority >= CRITICAL', outputs: [soc, page], continue: true }
  - { outputs: [siem] }
  - { name: never, outputs: [soc] }
`;

const SIDEKICK = `
slack: { webhookurl: "https://hooks.slack.com/services/T/B/planted", minimumpriority: warning }
webhook: { address: no-url }
bogus: 1
`;

function alert(part: object): string {
  return JSON.stringify({ rule: 'R', priority: 'Critical', ...part });
}

const PANIC = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  stage: 'Panic',
  auditID: 'a',
  stageTimestamp: '2026-08-11T00:04:09.000000Z',
};

suite('check', () => {
  test('says what a good configuration holds', async (t) => {
    const file = fileWith(t, NATIVE.replace(/ {2}- \{ name: never.*\n/, ''));
    const { exitCode, stdout, stderr } = await run(['check', '--strict', file]);
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
    assert.match(stdout, /configuration +Tocsin's own form/);
    assert.match(stdout, /outputs +3: soc \(slack\), siem \(webhook\), page \(webhook\)/);
    assert.match(stdout, /routes +4\nwarnings +0\n$/);
    assert.doesNotMatch(stdout, /planted|Falcosidekick/);
  });

  test('tells every mistake with its place, and that the hub would not start', async (t) => {
    const file = fileWith(t, 'log: { levl: info }\noutputs:\n  soc: { type: slakc }\n');
    const { exitCode, stdout } = await run(['check', file]);
    assert.equal(exitCode, 1);
    assert.ok(stdout.includes(`${file}:1:8: error [unknown_key] log.levl: `));
    assert.ok(stdout.includes(`${file}:3:16: error [unknown_output_type] `));
    assert.match(stdout, /\n {2}did you mean "slack"\?\nThe hub would not start/);
  });

  test('lets warnings pass, and with --strict does not', async (t) => {
    const file = fileWith(t, NATIVE);
    const lenient = await run(['check', '-c', file]);
    assert.equal(lenient.exitCode, 0);
    assert.match(lenient.stdout, /warning \[route_unreachable_route\][^]*warnings +1\n/);
    const strict = await run(['check', '-c', file, '--strict']);
    assert.equal(strict.exitCode, 1);
    assert.match(strict.stderr, /--strict: all of these count as mistakes/);
  });

  test('of a Falcosidekick configuration also tells what is off, and what changes', async (t) => {
    const file = fileWith(t, SIDEKICK);
    const { exitCode, stdout } = await run(['check', file]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /sidekick_unknown_key\] bogus/);
    assert.match(stdout, /webhook\.address/);
    assert.match(stdout, /outputs +1: slack\nmisconfigured +webhook\n/);
    assert.equal(stdout.match(/What changes when Tocsin takes Falcosidekick's place:/g)?.length, 1);
    assert.doesNotMatch(stdout, /planted/);
    assert.equal((await run(['check', '--strict', file])).exitCode, 1);
  });

  test('without a file looks at the environment', async () => {
    const env = { SLACK_WEBHOOKURL: 'https://hooks.slack.com/services/T/B/planted' };
    const { exitCode, stdout } = await run(['check'], { env });
    assert.equal(exitCode, 0);
    assert.match(stdout, /configuration +Falcosidekick's variables, no file\noutputs +1: slack/);
    const nothing = await run(['check', '--strict']);
    assert.equal(nothing.exitCode, 0);
    assert.doesNotMatch(nothing.stdout, /What changes/);
  });

  test('is one document in JSON', async (t) => {
    const file = fileWith(t, SIDEKICK);
    const { exitCode, stdout } = await run(['check', '--strict', '--json', file]);
    assert.equal(exitCode, 1);
    const { ok, kind, outputs, misconfigured, problems } = JSON.parse(stdout) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      { ok, kind, outputs, misconfigured },
      {
        ok: false,
        kind: 'falcosidekick',
        outputs: [{ name: 'slack', type: 'slack' }],
        misconfigured: ['webhook'],
      },
    );
    assert.ok((problems as { line: number }[]).some(({ line }) => line === 3));
    const bad = await run(['check', '--json', fileWith(t, 'que: {}')]);
    assert.equal(bad.exitCode, 1);
    assert.equal((JSON.parse(bad.stdout) as { ok: boolean }).ok, false);
  });

  test('of a file that is not there fails', async () => {
    const { exitCode, stdout } = await run(['check', '/nowhere/config.yaml']);
    assert.equal(exitCode, 1);
    assert.match(stdout, /file_unreadable/);
  });
});

suite('migrate', () => {
  test('prints the native form alone on stdout, without secrets, and it is one', async (t) => {
    const { exitCode, stdout, stderr } = await run(['migrate', fileWith(t, SIDEKICK)]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /webhookUrl: \$\{env:SLACK_WEBHOOKURL\}/);
    assert.doesNotMatch(stdout + stderr, /planted/);
    assert.match(stderr, /sidekick_unknown_key\] bogus/);
    const native = fileWith(t, stdout, 'native.yaml');
    const env = {
      SLACK_WEBHOOKURL: 'https://hooks.slack.com/services/T/B/X',
      WEBHOOK_ADDRESS: 'http://127.0.0.1:9/',
    };
    const checked = await run(['check', '--strict', native], { env });
    assert.match(checked.stdout, /configuration +Tocsin's own form\noutputs +2: slack, webhook/);
    assert.equal(checked.exitCode, 0);
  });

  test('of what is native already fails', async (t) => {
    const { exitCode, stdout, stderr } = await run(['migrate', fileWith(t, NATIVE)]);
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /migrate_native/);
    const json = await run(['migrate', '--json', fileWith(t, NATIVE)]);
    assert.equal(json.exitCode, 1);
    assert.equal((JSON.parse(json.stdout) as { ok: boolean }).ok, false);
  });
});

suite('explain', () => {
  test('says which routes took an alert, and which outputs get it', async (t) => {
    const argv = ['explain', '-c', fileWith(t, NATIVE)];
    const { exitCode, stdout } = await run(argv, { stdin: alert({ hostname: 'node-1' }) });
    assert.equal(exitCode, 0);
    assert.deepEqual(stdout.split('\n'), [
      'Critical  R',
      'source syscalls, host node-1',
      '',
      'ROUTE            VERDICT        MATCH',
      'routes[0] audit  did not match  source == "k8s_audit"',
      'routes[1]        did not match  fields["big"] + 1 > 0',
      'routes[2]        matched        priority >= CRITICAL',
      'routes[3]        matched        (every alert)',
      'routes[4] never  not reached    (every alert)',
      '  routes[3] took the alert and does not continue',
      '',
      'OUTPUT  MINIMUM    GETS IT',
      'soc     Warning    yes (routes[2])',
      'siem               yes (routes[3])',
      'page    Emergency  no, Critical is below its minimumPriority (routes[2])',
      '',
    ]);
  });

  test('names an expression that failed, and where the alert goes by it', async (t) => {
    const stdin = '{"rule":"R","priority":"Critical","output_fields":{"big":9223372036854775807}}';
    const { stdout } = await run(['explain', '-c', fileWith(t, NATIVE)], { stdin });
    assert.match(
      stdout,
      /routes\[1\] +failed .*\n {2}overflow: an integer result needs more than 64 bits/,
    );
    assert.match(stdout, /An expression failed on it, so it goes by unrouted, too\./);
    assert.match(stdout, /siem +yes \(routes\[3\], unrouted\)/);
  });

  test('of a configuration without routes says that there are none', async (t) => {
    const file = fileWith(t, SIDEKICK);
    const { stdout } = await run(['explain', '-c', file], { stdin: alert({ priority: 'Debug' }) });
    assert.match(stdout, /No routes are configured/);
    assert.match(stdout, /slack +Warning +no, Debug is below its minimumPriority\n/);
  });

  test('takes what the hub takes from a file, one after the other, and fails on what is no alert', async (t) => {
    const lines = [
      alert({ rule: 'First' }),
      '{broken',
      alert({ priority: 'Loud' }),
      alert({ rule: 'Last' }),
    ];
    const file = fileWith(t, lines.join('\n'), 'alerts.ndjson');
    const { exitCode, stdout } = await run(['explain', file, '-c', fileWith(t, NATIVE)]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /First[^]*line 2: invalid_json[^]*priority_unknown[^]*Last/);
  });

  test('is one document in JSON, with every digit', async (t) => {
    const stdin = '[{"rule":"R","priority":"Critical","output_fields":{"n":1762164000123456789}}]';
    const { stdout } = await run(['explain', '--json', '-c', fileWith(t, NATIVE)], { stdin });
    const [first] = JSON.parse(stdout) as [{ decision: { outputs: string[] } }];
    assert.deepEqual(first.decision.outputs, ['soc', 'siem']);
    assert.match(stdout, /"n": 1762164000123456789/);
  });

  test('shows the cluster and the owner that an alert gets by who sends it', async (t) => {
    const normalise = `
normalise:
  clusters: { 'token:edge': shop-eu }
  owners: { 'shop-eu/till': team-till }
`;
    const argv = ['explain', '-c', fileWith(t, `${NATIVE}${normalise}`)];
    const stdin = alert({ output_fields: { 'k8s.ns.name': 'till' } });
    const proven = await run([...argv, '--sender', 'token:edge'], { stdin });
    assert.match(
      proven.stdout,
      /^source syscalls, cluster shop-eu \(token:edge\), owner team-till$/m,
    );
    const open = await run(argv, { stdin });
    assert.match(open.stdout, /^source syscalls$/m);
    assert.match(open.stdout, /go by who sends: --sender\./);
    const audit = await run([...argv, '--cluster', 'shop-us'], {
      stdin: JSON.stringify({ ...PANIC, objectRef: { namespace: 'till' } }),
    });
    assert.match(audit.stdout, /^source k8s_audit, host shop-us, cluster shop-us \(unverified\)$/m);
  });

  test('says that an event of a format that is known is no alert', async (t) => {
    const argv = ['explain', '-c', fileWith(t, NATIVE)];
    const stdin = JSON.stringify({ ...PANIC, stage: 'ResponseComplete', verb: 'list' });
    const { exitCode, stdout } = await run(argv, { stdin });
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      'No alert: events that the hub counts and does not deliver (k8s_audit: 1).\n',
    );
  });

  test('needs a configuration that is right, and alerts it can read', async (t) => {
    const bad = await run(['explain', '-c', fileWith(t, 'que: {}')], { stdin: alert({}) });
    assert.equal(bad.exitCode, 1);
    assert.match(bad.stderr, /see: tocsin check\n.*unknown_key/);
    const none = await run(['explain', '/nowhere/alert.json']);
    assert.match(none.stderr, /cannot read \/nowhere\/alert\.json/);
  });

  test('shows a hostile rule, and it does nothing', async (t) => {
    const argv = ['explain', '-c', fileWith(t, NATIVE)];
    const { stdout } = await run(argv, {
      stdin: alert({ rule: 'x\u001b[2J\u202ey' }),
      columns: 80,
    });
    assert.ok(stdout.includes('x\\x1b[2J\\u202ey'));
    assert.doesNotMatch(stdout, /\u202e/);
  });
});
