import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { loadConfig, type LoadedConfig, type LoadInput } from './load.ts';
import { formatProblem } from './problem.ts';

const webhookUrl = 'https://hooks.slack.com/services/T/B/X';

async function load(text: string, input: Partial<LoadInput> = {}): Promise<LoadedConfig> {
  const result = await loadConfig({ text, env: {}, flags: {}, baseDirectory: '/etc', ...input });
  assert.ok(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result;
}

async function errorsOf(text: string, input: Partial<LoadInput> = {}): Promise<string> {
  const result = await loadConfig({ text, env: {}, flags: {}, baseDirectory: '/etc', ...input });
  assert.equal(result.ok, false);
  return result.ok ? '' : result.problems.map(formatProblem).join('\n');
}

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-config-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('without a file the defaults count, in milliseconds and bytes', async () => {
  const { config, outputs, origin, warnings, files } = await load('');
  assert.equal(origin, 'default');
  assert.equal(config.ingest.http.address, '[::]:2801');
  assert.equal(config.ingest.http.requestTimeout, 15_000);
  assert.equal(config.ingest.http.bodyBytesMax, 1024 * 1024);
  assert.equal(config.queue.orphanMax, 7 * 24 * 3600 * 1000);
  assert.deepEqual([outputs, warnings, files], [[], [], []]);
});

test('an output gets its own settings and what all outputs have, with their defaults', async () => {
  const { config, outputs, origin } = await load(
    `outputs: { soc: { type: slack, webhookUrl: "${webhookUrl}", minimumPriority: error, staleAfter: 1.5h } }`,
  );
  assert.equal(origin, 'native');
  const [soc] = outputs;
  assert.equal(soc?.definition.id, 'slack');
  assert.deepEqual(soc?.common, {
    type: 'slack',
    minimumPriority: 'error',
    staleAfter: 5_400_000,
    timeout: 30_000,
    retry: { ageMax: 86_400_000 },
    allowDestinations: [],
  });
  assert.equal(soc?.settings['webhookUrl'], webhookUrl);
  assert.equal(soc?.settings['username'], 'Tocsin');
  assert.deepEqual(config.outputs['soc'], soc?.common);
});

test('a key without a value counts as absent', async () => {
  const { config } = await load('queue: { directory: null }\nroutes:\nlog:\n');
  assert.equal(config.queue.directory, '/var/lib/tocsin');
  assert.equal(config.log.level, 'info');
});

test('0 is a length of time, and a plain number a size', async () => {
  const { config } = await load('queue: { orphanMax: 0, bytesMax: 1000000 }');
  assert.equal(config.queue.orphanMax, 0);
  assert.equal(config.queue.bytesMax, 1_000_000);
});

const merged = `
outputs:
  a: &base { type: slack, webhookUrl: "${webhookUrl}", minimumPriority: error }
  b:
    <<: *base
    username: B
`;

test('anchors and merge keys work, and a mistake in what they bring is placed there', async () => {
  const { outputs } = await load(merged);
  assert.deepEqual(
    outputs.map(({ common, settings }) => [common.minimumPriority, settings['username']]),
    [
      ['error', 'Tocsin'],
      ['error', 'B'],
    ],
  );
  const errors = await errorsOf(merged.replace('error', 'none'), { file: 'c.yaml' });
  assert.deepEqual(errors.match(/^c\.yaml:\d+:\d+/gm), ['c.yaml:3:98', 'c.yaml:3:98']);
});

test('references bring in variables and files, several in one text', async (t) => {
  const baseDirectory = directory(t);
  writeFileSync(join(baseDirectory, 'cluster'), 'from-file\n\n');
  const { config } = await load(
    `normalise:
  customTags: ["a \${env:A}/\${env:B}?a=$\${env:A}", "\${file:cluster}"]`,
    { baseDirectory, env: { A: 'first', B: '${env:A}' } },
  );
  assert.deepEqual(config.normalise.customTags, ['a first/${env:A}?a=${env:A}', 'from-file\n']);
});

test('a reference that leads nowhere is one mistake, whatever was wanted there', async () => {
  const text = 'outputs: { hook: { type: webhook, url: "${env:NOT_SET}" } }';
  assert.match(await errorsOf(text), /^1:41: error \[reference_env_missing\] [^\n]+\n[^\n]+$/);
});

test('what every object has is no variable', async () => {
  const text = 'normalise: { customTags: ["${env:constructor}"] }';
  assert.match(await errorsOf(text), /\[reference_env_missing\].*"constructor" is not set/);
  const env = { CUSTOMFIELDS: 'a:%hasOwnProperty' };
  const { config, warnings } = await load('', { env });
  assert.deepEqual(config.normalise.customFields, {});
  assert.match(JSON.stringify(warnings), /hasOwnProperty.* is not set/);
});

test('a reference that leads nowhere is a mistake with its place', async (t) => {
  const baseDirectory = directory(t);
  writeFileSync(join(baseDirectory, 'large'), 'x'.repeat(64 * 1024 + 1));
  writeFileSync(join(baseDirectory, 'binary'), Buffer.from([0xff, 0xfe]));
  execFileSync('mkfifo', [join(baseDirectory, 'pipe')]);
  const texts = [
    '${env:NOT_SET}',
    'a ${file:none}',
    '${file:large}',
    '${file:binary}',
    '${file:pipe}',
    '${file:.}',
    '${HOME}',
    '${env:X',
  ];
  const yaml = texts.map((text) => `  - '${text}'`).join('\n');
  const errors = await errorsOf(`normalise:\n  customTags:\n${yaml.replaceAll('  -', '    -')}`, {
    file: 'c.yaml',
    baseDirectory,
  });
  const reference = 'this reference is of no known kind';
  const found = errors.split('\n').filter((line) => line.startsWith('c.yaml'));
  assert.deepEqual(
    found.map((line) => line.replaceAll(baseDirectory, '')),
    [
      'c.yaml:3:8: error [reference_env_missing] normalise.customTags[0]: the variable "NOT_SET" is not set',
      'c.yaml:4:10: error [reference_file_unreadable] normalise.customTags[1]: cannot read "/none": there is no such file',
      'c.yaml:5:8: error [reference_file_unreadable] normalise.customTags[2]: cannot read "/large": it is larger than 64 KiB',
      'c.yaml:6:8: error [reference_file_unreadable] normalise.customTags[3]: cannot read "/binary": it is not UTF-8',
      'c.yaml:7:8: error [reference_file_unreadable] normalise.customTags[4]: cannot read "/pipe": it is not a regular file',
      'c.yaml:8:8: error [reference_file_unreadable] normalise.customTags[5]: cannot read "": it is not a regular file',
      `c.yaml:9:8: error [reference_unknown] normalise.customTags[6]: ${reference}`,
      `c.yaml:10:8: error [reference_unknown] normalise.customTags[7]: ${reference}`,
    ],
  );
});

test('every secret is listed, whole and the part that was brought in', async () => {
  const { secrets } = await load(
    `outputs:
  soc: { type: slack, webhookUrl: "https://hooks.slack.com/\${env:PART}", username: not-secret }
  hook: { type: webhook, url: https://example.org, headers: { Authorization: Bearer abc } }
ingest: { http: { auth: { basic: [{ username: u, password: pass-word }] } } }`,
    { env: { PART: 'services/T' } },
  );
  assert.deepEqual(secrets.toSorted(), [
    'Bearer abc',
    'https://example.org',
    'https://hooks.slack.com/services/T',
    'pass-word',
    'services/T',
  ]);
});

test('every file whose change matters is listed, relative to the configuration', async (t) => {
  const baseDirectory = directory(t);
  const file = join(baseDirectory, 'config.yaml');
  writeFileSync(join(baseDirectory, 'url'), webhookUrl);
  writeFileSync(
    file,
    `ingest: { http: { tls: { certFile: tls/server.crt, keyFile: /etc/server.key } } }
outputs: { soc: { type: slack, webhookUrl: "\${file:url}", tls: { caFile: ca.pem } } }`,
  );
  const result = await loadConfig({ file, env: {}, flags: {}, baseDirectory });
  assert.ok(result.ok);
  const names = ['config.yaml', 'url', 'tls/server.crt', 'ca.pem'];
  const expected = [...names.map((name) => join(baseDirectory, name)), '/etc/server.key'];
  assert.deepEqual(result.files.toSorted(), expected.toSorted());
  assert.equal(result.config.ingest.http.tls?.certFile, join(baseDirectory, 'tls/server.crt'));
});

test('a configuration that cannot be read does not start', async (t) => {
  const baseDirectory = directory(t);
  const file = join(baseDirectory, 'config.yaml');
  const message = `${file}: error [file_unreadable] cannot read the configuration: `;
  const read = async () => {
    const result = await loadConfig({ file, env: {}, flags: {}, baseDirectory });
    assert.equal(result.ok, false);
    assert.deepEqual(result.files, [file]);
    return result.ok ? '' : result.problems.map(formatProblem).join('\n');
  };
  assert.equal(await read(), `${message}there is no such file`);
  writeFileSync(file, '#'.repeat(1024 * 1024 + 1));
  assert.equal(await read(), `${message}it is larger than 1024 KiB`);
});

test('a flag wins over a variable, and a variable over the file', async () => {
  const text = 'log: { level: warn, format: json }\nqueue: { directory: file, bytesMax: 1GiB }';
  const env = { TOCSIN_LOG_LEVEL: 'error', TOCSIN_QUEUE_DIRECTORY: 'env', TOCSIN_LOG_FORMAT: '' };
  const { config } = await load(text, { env, flags: { 'log.level': 'trace' } });
  assert.deepEqual(config.log, { level: 'trace', format: 'json' });
  assert.equal(config.queue.directory, 'env');
  assert.equal(config.queue.bytesMax, 1024 ** 3);
});

test('variables hold numbers, truths, lists and sections that the file has not', async () => {
  const { config } = await load('', {
    env: {
      TOCSIN_INGEST_HTTP_CONNECTIONS_MAX: '10',
      TOCSIN_INGEST_GRPC_ADDRESS: '127.0.0.1:2803',
      TOCSIN_COMPAT_SIDEKICK_STATUS: 'true',
      TOCSIN_NORMALISE_CUSTOM_TAGS: 'a, b',
      TOCSIN_QUEUE_BYTES_MAX: '1GiB',
      TOCSIN_UNROUTED: 'none',
    },
  });
  assert.equal(config.ingest.http.connectionsMax, 10);
  assert.equal(config.ingest.grpc?.address, '127.0.0.1:2803');
  assert.equal(config.compat.sidekickStatus, true);
  assert.deepEqual(config.normalise.customTags, ['a', 'b']);
  assert.equal(config.queue.bytesMax, 1024 ** 3);
  assert.equal(config.unrouted, 'none');
});

test('a mistake in a variable names the variable', async () => {
  const env = { TOCSIN_INGEST_HTTP_CONNECTIONS_MAX: 'many' };
  assert.equal(
    await errorsOf('', { env }),
    'error [wrong_type] ingest.http.connectionsMax: must be a whole number, not a text (set by TOCSIN_INGEST_HTTP_CONNECTIONS_MAX)',
  );
});

test('variables that belong to no setting are told, those of Kubernetes are not', async () => {
  const { warnings } = await load('', {
    env: {
      TOCSIN_LOG_LEVLE: 'debug',
      TOCSIN_OUTPUTS_SOC_WEBHOOKURL: 'x',
      TOCSIN_PORT: 'tcp://10.0.0.1:2801',
      TOCSIN_PORT_2801_TCP: 'tcp://10.0.0.1:2801',
      TOCSIN_PORT_2801_TCP_ADDR: '10.0.0.1',
      TOCSIN_SERVICE_HOST: '10.0.0.1',
      TOCSIN_SERVICE_PORT_HTTP: '2801',
      TOCSIN_QUEUE_PORT: 'tcp://10.0.0.2:1',
    },
  });
  assert.deepEqual(warnings.map(formatProblem), [
    'warning [env_unknown] the variable TOCSIN_LOG_LEVLE belongs to no setting\n  did you mean "TOCSIN_LOG_LEVEL"?',
    'warning [env_unknown] the variable TOCSIN_OUTPUTS_SOC_WEBHOOKURL belongs to no setting\n  outputs and routes stand in the file; write ${env:NAME} there',
  ]);
});

test('routes that are seldom meant are warned of', async () => {
  const { warnings, router } = await load(
    `outputs: { a: { type: stdout }, b: { type: stdout } }
routes: [{ match: 'priority >= ERROR', outputs: [a] }]`,
    { file: 'c.yaml' },
  );
  assert.deepEqual(
    warnings.map((warning) => [warning.code, warning.path, warning.line, warning.column]),
    [
      ['route_unnamed_output', 'outputs.b', 1, 36],
      ['route_no_last_route', 'routes', 2, 9],
    ],
  );
  assert.equal(typeof router.route, 'function');
});

const examples = new URL('./examples/', import.meta.url);
for (const name of readdirSync(examples)) {
  test(`the example ${name} loads without a warning`, async () => {
    const text = readFileSync(new URL(name, examples), 'utf8');
    const names = [...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, variable]) => variable ?? '');
    const env = Object.fromEntries(names.map((variable) => [variable, webhookUrl]));
    const { warnings, outputs } = await load(text, { env });
    assert.deepEqual(warnings, []);
    assert.ok(outputs.length > 0);
  });
}
