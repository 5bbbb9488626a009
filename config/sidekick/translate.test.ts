import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { loadConfig, type LoadedConfig } from '../load.ts';
import { formatProblem } from '../problem.ts';

type Variables = Readonly<Record<string, string>>;

async function load(text: string, env: Variables = {}): Promise<LoadedConfig> {
  const file = text === '' ? undefined : 'c.yaml';
  const result = await loadConfig({ file, text, env, flags: {}, baseDirectory: '/app' });
  assert.ok(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result;
}

function variables(name: string): Variables {
  const file = new URL(`../../test/data/config/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Variables;
}

const url = 'https://hooks.slack.com/services/T/B/X';

test("the chart's default variables turn nothing on and warn of nothing", async () => {
  const loaded = await load('', variables('helm-env-default'));
  assert.equal(loaded.origin, 'environment');
  const { outputs, warnings, misconfigured, unavailable } = loaded;
  assert.deepEqual([outputs, warnings, misconfigured, unavailable], [[], [], [], []]);
});

test("the chart's variables of a real install turn on exactly its six outputs and webui", async () => {
  const { outputs, unavailable, misconfigured, warnings } = await load(
    '',
    variables('helm-env-typical'),
  );
  const names = [...outputs, ...unavailable].map(({ name }) => name);
  const expected = [
    'alertmanager',
    'elasticsearch',
    'kafka',
    'loki',
    'pagerduty',
    'slack',
    'webui',
  ];
  assert.deepEqual(names.toSorted(), expected);
  assert.deepEqual(misconfigured, []);
  assert.equal(outputs.find(({ name }) => name === 'slack')?.common.minimumPriority, 'notice');
  const others = warnings.filter(({ code }) => code !== 'output_unavailable');
  assert.equal(warnings.length - others.length, unavailable.length);
  assert.deepEqual(
    others.map(({ path }) => path),
    ['alertmanager.endpoint', 'kafka.requiredacks'],
  );
});

test('an output this hub does not have is told, with the key that turned it on', async () => {
  const { unavailable, warnings } = await load(
    'stan:\n  hostport: nats://s:4222\n  clusterid: c\n  clientid: f',
  );
  assert.deepEqual(unavailable, [{ name: 'stan', title: 'STAN' }]);
  assert.match(
    warnings.map(formatProblem).join('\n'),
    /^c\.yaml:2:13: warning \[output_unavailable\] stan\.hostport: STAN is enabled, but not available/,
  );
});

test('where an output will not come, the hint says what does instead', async () => {
  const { unavailable, warnings } = await load(
    'stan: { hostport: "nats://s:4222", clusterid: c, clientid: f }',
  );
  assert.deepEqual(unavailable, [{ name: 'stan', title: 'STAN' }]);
  assert.match(String(warnings[0]?.hint), /move its readers to JetStream/);
});

test('slack looks as it did', async () => {
  const { outputs } = await load('', { SLACK_WEBHOOKURL: url, SLACK_MESSAGEFORMAT: '{{ .Rule }}' });
  assert.deepEqual(outputs[0]?.settings, {
    webhookUrl: url,
    username: 'Falcosidekick',
    iconUrl:
      'https://raw.githubusercontent.com/falcosecurity/falcosidekick/master/imgs/falcosidekick_color.png',
    footer: 'https://github.com/falcosecurity/falcosidekick',
    outputFormat: 'all',
    messageFormat: '{{ .Rule }}',
    uuidInFooter: false,
    blocks: false,
    unfurlLinks: true,
    attachmentsMax: 20,
  });
});

test('slack takes an empty value for what Falcosidekick takes it for', async () => {
  const { outputs, warnings } = await load(
    `slack: { webhookurl: "${url}", username: "", icon: "", footer: "", outputformat: "" }`,
  );
  const { username, iconUrl, footer, outputFormat } = outputs[0]?.settings ?? {};
  assert.deepEqual(
    [username, iconUrl, footer, outputFormat],
    ['', undefined, 'https://github.com/falcosecurity/falcosidekick', 'all'],
  );
  assert.deepEqual(warnings, []);
});

test('webhook: method, headers, certificates and concurrency are kept', async () => {
  const { outputs, files } = await load(
    `mutualtlsfilespath: /certs
mutualtlsclient: { keyfile: /own.key }
webhook:
  address: https://example.org/in
  method: put
  checkcert: false
  mutualtls: true
  maxconcurrentrequests: 0
  customheaders: { X-Token: abc }`,
  );
  const [webhook] = outputs;
  assert.equal(webhook?.settings['url'], 'https://example.org/in');
  assert.equal(webhook?.settings['method'], 'PUT');
  assert.deepEqual(webhook?.settings['headers'], { 'x-token': 'abc' });
  assert.equal(webhook?.common.concurrency, 64);
  const tls = { certFile: '/certs/client.crt', keyFile: '/own.key', caFile: '/certs/ca.crt' };
  assert.deepEqual(webhook?.common.tls, { ...tls, verify: true });
  assert.ok(Object.values(tls).every((file) => files.includes(file)));
});

test('checkcert false turns verification off', async () => {
  const { outputs } = await load('', { WEBHOOK_ADDRESS: 'https://x', WEBHOOK_CHECKCERT: 'false' });
  assert.equal(outputs[0]?.common.tls?.verify, false);
});

const priorities: readonly [written: string, priority: string | undefined, warnings: number][] = [
  ['', undefined, 0],
  ['Warning', 'warning', 0],
  ['info', 'informational', 0],
  ['warnig', undefined, 1],
  ['>=warning', undefined, 1],
];

for (const [written, priority, count] of priorities) {
  test(`the minimum priority "${written}" means ${priority ?? 'everything'}`, async () => {
    const { outputs, warnings } = await load(
      `slack: { webhookurl: "${url}", minimumpriority: "${written}" }`,
    );
    assert.equal(outputs[0]?.common.minimumPriority, priority);
    assert.equal(warnings.filter(({ code }) => code === 'sidekick_priority').length, count);
  });
}

test('a bad value turns its output off, and the others run', async () => {
  const { outputs, misconfigured, warnings } = await load('', {
    SLACK_WEBHOOKURL: url,
    WEBHOOK_ADDRESS: 'planted-not-a-url',
    TALON_ADDRESS: '',
  });
  assert.deepEqual(
    outputs.map(({ name }) => name),
    ['slack'],
  );
  assert.deepEqual(
    misconfigured.map(({ name, problems }) => [name, problems.map(formatProblem)]),
    [
      [
        'webhook',
        [
          'error [output_setting] webhook.address: is not a URL that begins with https:// or http:// (set by WEBHOOK_ADDRESS)',
        ],
      ],
    ],
  );
  assert.deepEqual(warnings, []);
});

test('a value of the wrong type turns its output off, but not one that nobody uses', async () => {
  const { outputs, misconfigured, warnings } = await load(
    `slack: { webhookurl: "${url}", checkcert: "yes" }\nredis: { database: many }`,
  );
  assert.deepEqual(outputs, []);
  assert.deepEqual(
    misconfigured.flatMap(({ problems }) => problems.map(formatProblem)),
    [
      'c.yaml:1:75: error [sidekick_type] slack.checkcert: is not true or false, and does not count',
    ],
  );
  assert.deepEqual(warnings, []);
});

test('an output with half of its keys is off, and told', async () => {
  const { unavailable, warnings } = await load('', { KAFKA_HOSTPORT: 'kafka:9092' });
  assert.deepEqual(unavailable, []);
  assert.deepEqual(warnings.map(formatProblem), [
    'warning [sidekick_half_set] kafka.hostport: Kafka is off, because not all of its keys are set (set by KAFKA_HOSTPORT)\n  set kafka.topic, too',
  ]);
});

test('a message template that cannot be read is left out, as it was', async () => {
  const { outputs, warnings } = await load(
    `slack: { webhookurl: "${url}", messageformat: "{{ .Rule" }`,
  );
  assert.equal(outputs[0]?.settings['messageFormat'], undefined);
  assert.deepEqual(
    warnings.map(({ code, path }) => [code, path]),
    [['sidekick_template', 'slack.messageformat']],
  );
});

test('what Falcosidekick overlooked is warned of, in the order of the file', async () => {
  const { warnings } = await load(`listenport: 70000
tlsserver: { mutualtls: true }
slack: { webhokurl: x }
templatedfields: { bad: "{{ .x" }
prometheus: { extralabels: "k8s.ns.name, bad-label" }`);
  assert.deepEqual(
    warnings.map(({ line, code, path }) => [line, code, path]),
    [
      [1, 'sidekick_port', 'listenport'],
      [2, 'sidekick_tls_off', 'tlsserver.mutualtls'],
      [3, 'sidekick_unknown_key', 'slack.webhokurl'],
      [4, 'sidekick_template', 'templatedfields'],
      [5, 'sidekick_labels', 'prometheus.extralabels'],
    ],
  );
});

test('listener, TLS, fields, labels and log level are translated', async () => {
  const { config } = await load(`listenaddress: "::1"
listenport: 3001
debug: true
bracketreplacer: _
outputfieldformat: "<output>"
customfields: { Cluster: prod }
customtags: [a, b]
templatedfields: { who: '{{ index . "user.name" }}' }
prometheus: { extralabels: "proc.name, k8s.ns.name" }
tlsclient: { cacertfile: /ca.pem }
tlsserver: { deploy: true, mutualtls: true, notlspaths: [/ping, /nope] }`);
  assert.equal(config.ingest.http.address, '[::1]:3001');
  assert.equal(config.log.level, 'debug');
  assert.deepEqual(config.normalise, {
    bracketReplacer: '_',
    outputFieldFormat: '<output>',
    customFields: { cluster: 'prod' },
    customTags: ['a', 'b'],
    templatedFields: { who: '{{ index . "user.name" }}' },
    attack: false,
    clusters: {},
    owners: {},
  });
  assert.deepEqual(config.metrics.extraLabels, ['proc.name']);
  assert.equal(config.client.caFile, '/ca.pem');
  assert.deepEqual(config.ingest.http.tls, {
    certFile: '/etc/certs/server/server.crt',
    keyFile: '/etc/certs/server/server.key',
    clientCaFile: '/etc/certs/server/ca.crt',
    clientAuth: 'require',
    clientNames: [],
  });
  assert.deepEqual(config.ingest.http.plain, { address: '[::1]:2810', paths: ['/ping'] });
});

test("the hub's own variables count beside Falcosidekick's, and a mistake in them stops it", async () => {
  const { config, outputs } = await load('', {
    SLACK_WEBHOOKURL: url,
    TOCSIN_QUEUE_DIRECTORY: '/data',
  });
  assert.equal(config.queue.directory, '/data');
  assert.equal(outputs.length, 1);
  const env = { SLACK_WEBHOOKURL: url, TOCSIN_LOG_LEVEL: 'loud' };
  const result = await loadConfig({ env, flags: {}, baseDirectory: '/' });
  assert.equal(result.ok, false);
});

test('DEBUG alone does not make a configuration of Falcosidekick', async () => {
  const { origin, warnings } = await load('', { DEBUG: 'express:*', SYSLOG_PORT: 'tcp://1:2' });
  assert.equal(origin, 'default');
  assert.deepEqual(warnings, []);
});

test('a variable that Falcosidekick ignored is told where its output is on', async () => {
  const tells = async (env: Variables) =>
    (await load('', env)).differences.some((text) => text.includes('documents and ignores'));
  const own = { NATS_MINIMUMPRIORITY: 'critical', SLACK_WEBHOOKURL: url };
  assert.equal(await tells(own), false);
  assert.equal(await tells({ ...own, NATS_HOSTPORT: 'nats://nats:4222' }), true);
});

test('the differences that apply are listed', async () => {
  const { differences } = await load('slack: { minimumpriority: info }');
  assert.ok(differences.some((text) => text.includes('"info" means informational')));
  assert.ok(!differences.some((text) => text.includes('maxconcurrentrequests')));
});
