import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { stringify } from 'yaml';
import { loadConfig } from '../../../config/load.ts';
import { migrate } from '../../../config/migrate.ts';
import { formatProblem, type Problem } from '../../../config/problem.ts';
import { outputs } from '../../../outputs/index.ts';
import { heldBytes } from '../memory.ts';
import { seedsOf, type Target } from '../target.ts';

/** Configuration of both forms, and Falcosidekick's variables. */

const SECRET = 'planted-secret-4711';
const data = new URL('../../data/config/', import.meta.url);
const examples = new URL('../../../config/examples/', import.meta.url);

const { cases } = readJson('falcosidekick-config.json') as {
  readonly cases: readonly { readonly yaml: string; readonly env: Record<string, string> }[];
};

const files = readdirSync(examples).map((file) => readFileSync(new URL(file, examples), 'utf8'));
const definitions = await Promise.all(Object.values(outputs).map((load) => load()));
const ofOutputs = definitions.map(({ id, example }) =>
  stringify({ outputs: { one: { type: id, ...example } } }),
);
/** What a thousand outputs cost is no question of theirs. */
const BYTES_MAX = 4096;
const ODD = [
  'base: &a { type: stdout }\noutputs: { x: *a, y: { <<: *a } }\n',
  'outputs: { x: { type: webhook, url: "${env:SECRET}", headers: { a: "${env:SECRET}" } } }\n',
  'log: { level: "${env:SECRET}" }\nqueue: { bytesMax: "${env:SECRET}" }\n',
  'slack: { webhookurl: "${env:SECRET}" }\ncustomfields: "a:b,c:d"\n',
  'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n',
  '? [a, b]\n: !!binary aGVsbG8=\n---\n%YAML 1.2\n',
  'routes:\n  - { match: "priority >= ERROR && (", outputs: [a] }\n',
];

export const configuration: Target = {
  name: 'configuration',
  seeds: seedsOf([...files, ...ofOutputs, ...ODD, ...cases.map(({ yaml }) => yaml)]).filter(
    ({ length }) => length > 0,
  ),
  words: [
    'outputs:',
    'type: webhook',
    'queue:\n  bytesMax: 1GiB\n',
    '${env:SECRET}',
    '${env:',
    '${file:/dev/zero}',
    '${file:.}',
    '$${',
    '- ',
    ': ',
    '\n  ',
    '&a ',
    '*a',
    '<<: *a',
    '!!map ',
    '!!js/function ',
    '|\n ',
    '>-\n',
    '# ',
    '---\n',
    '...\n',
    '? ',
    '~',
    '.inf',
    '0x10',
    '1_000',
    '2001-01-01',
    '5m',
    '2GiB',
    'match: ',
    'slack:',
    'customfields:',
  ],
  bytesMax: BYTES_MAX,
  memoryBytes: heldBytes,
  check: (input) => loadAll({ text: input.toString(), env: { SECRET } }),
};

const typical = readJson('helm-env-typical.json') as Readonly<Record<string, string>>;

export const environment: Target = {
  name: 'environment',
  seeds: seedsOf([
    lines(Object.entries(typical).filter(([, value]) => value !== '')),
    ...cases.map(({ env }) => lines(Object.entries(env))),
    'SLACK_WEBHOOKURL=https://hooks.slack.example/a\nCUSTOMFIELDS=a:b,c:d\nTEMPLATEDFIELDS=a:{{ .Rule }}',
    'TOCSIN_QUEUE_BYTES_MAX=1GiB\nTOCSIN_LOG_LEVEL=debug\nTOCSIN_INGEST_HTTP_ADDRESS=:2801',
    'SMTP_HOSTPORT=mail:25\nSMTP_FROM=a@b\nSMTP_TO=c@d,e@f\nKAFKA_HOSTPORT=a:9092,b:9092\nKAFKA_TOPIC=t',
  ]).filter(({ length }) => length > 0),
  words: [
    '\n',
    '=',
    'SLACK_WEBHOOKURL=',
    'WEBHOOK_CUSTOMHEADERS=a:b',
    'ALERTMANAGER_CUSTOMSEVERITYMAP=debug:low',
    'ALERTMANAGER_DROPEVENTTHRESHOLDS=10000:critical',
    'CUSTOMFIELDS=',
    'CUSTOMTAGS=a,b,,',
    'TOCSIN_OUTPUTS_A=',
    'TOCSIN_PORT=tcp://10.0.0.1:80',
    'LISTENPORT=99999999999',
    'https://a:b@[::1]:99999/?#',
    '%USERNAME%',
    'true',
    'T',
    '1h30m',
    '-1ns',
    ':,:,',
  ],
  bytesMax: BYTES_MAX,
  memoryBytes: heldBytes,
  check(input) {
    const pairs = input
      .toString()
      .split('\n')
      .map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)] as const);
    return loadAll({ text: '', env: Object.fromEntries(pairs) });
  },
};

/** Whatever it is, it is loaded or refused in words, and no word of them is the secret. */
async function loadAll(source: { text: string; env: Record<string, string> }): Promise<void> {
  const input = { ...source, baseDirectory: tmpdir() };
  const loaded = await loadConfig({ ...input, flags: {} });
  assertSaid(loaded.ok ? loaded.warnings : loaded.problems);
  if (!loaded.ok) {
    assert.ok(
      loaded.problems.some(({ severity }) => severity === 'error'),
      'it is refused, and nothing is wrong with it',
    );
  }
  const migrated = await migrate(input);
  assertSaid(migrated.problems);
  if (migrated.ok) {
    assert.ok(!migrated.yaml.includes(SECRET), 'the secret is in the migrated text');
    await loadConfig({ ...input, text: migrated.yaml, flags: {} });
  }
}

function assertSaid(problems: readonly Problem[]): void {
  for (const problem of problems) {
    const text = formatProblem(problem);
    assert.ok(!text.includes(SECRET), 'the secret is in what is said');
    assert.ok((problem.line ?? 1) >= 1 && (problem.column ?? 1) >= 1, text);
  }
}

function lines(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([name, value]) => `${name}=${value}`).join('\n');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, data), 'utf8'));
}

export const configurations: readonly Target[] = [configuration, environment];
