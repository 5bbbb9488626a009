import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse } from 'yaml';
import { resolveSidekick } from './resolve.ts';

interface Case {
  readonly name: string;
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly logs_unmarshal_error: boolean;
}

const golden = new URL('../../test/data/config/falcosidekick-config.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { cases: readonly Case[] };

/** On purpose: a file that cannot be parsed does not start; see load.test.ts. */
const differs = 'duplicate key: whole file ignored';

for (const { name, yaml, env, expected, logs_unmarshal_error } of cases) {
  if (name === differs) continue;
  test(`as Falcosidekick: ${name}`, () => {
    const { values, mistakes } = resolveSidekick({ yaml: parse(yaml), env });
    const { note: _note, ...wanted } = expected;
    for (const [key, value] of Object.entries(wanted)) {
      assert.deepEqual(values[key], inNanoseconds(value), key);
    }
    const hasTypeMistake = mistakes.some(({ code }) => code === 'sidekick_type');
    assert.equal(hasTypeMistake, logs_unmarshal_error);
  });
}

function inNanoseconds(value: unknown): unknown {
  const match = /^(\d+)ns$/.exec(String(value));
  return match === null ? value : Number(match[1]);
}

const coercions: readonly [key: string, yaml: unknown, value: unknown][] = [
  ['debug', 1, true],
  ['debug', 'T', true],
  ['listenport', '0x10', 16],
  ['listenport', '010', 8],
  ['listenport', 3.9, 3],
  ['slack.channel', 12, '12'],
  ['slack.channel', true, '1'],
  ['elasticsearch.batching.flushinterval', '1m30s', 90e9],
  ['elasticsearch.batching.flushinterval', '250ms', 250e6],
  ['alertmanager.hostport', ['http://a', 'http://b'], ['http://a', 'http://b']],
  ['alertmanager.hostport', 'http://a', ['http://a']],
  ['alertmanager.hostport', '', []],
];

for (const [key, yaml, value] of coercions) {
  test(`${key}: ${JSON.stringify(yaml)} is ${JSON.stringify(value)}`, () => {
    const { values, mistakes } = resolveSidekick({ yaml: { [key]: yaml }, env: {} });
    assert.deepEqual(values[key], value);
    assert.deepEqual(mistakes, []);
  });
}

for (const [key, yaml] of [
  ['debug', '2'],
  ['listenport', '1_000'],
  ['listenport', ['1', '2']],
  ['slack.channel', { a: 'b' }],
  ['elasticsearch.batching.flushinterval', '5 seconds'],
  ['webhook.customheaders', 'a:b'],
  ['customfields', { 'a.b': 'x' }],
] as const) {
  test(`${key}: ${JSON.stringify(yaml)} is a mistake, and counts as nothing`, () => {
    const { values, mistakes } = resolveSidekick({ yaml: { [key]: yaml }, env: {} });
    const value = values[key];
    assert.ok(!value || Object.keys(value).length === 0);
    assert.deepEqual(
      mistakes.map(({ code }) => code),
      ['sidekick_type'],
    );
  });
}

test('keys may be written in any case, and a section without a value is no key', () => {
  const yaml = { Slack: { WebhookURL: 'https://a' }, webhook: null };
  const { values, mistakes } = resolveSidekick({ yaml, env: {} });
  assert.equal(values['slack.webhookurl'], 'https://a');
  assert.deepEqual(mistakes, []);
});

test('a key that Falcosidekick does not have is told', () => {
  const { mistakes } = resolveSidekick({ yaml: { slack: { webhokurl: 'x' }, foo: 1 }, env: {} });
  assert.deepEqual(
    mistakes.map(({ code, key }) => [code, key]),
    [
      ['sidekick_unknown_key', 'slack.webhokurl'],
      ['sidekick_unknown_key', 'foo'],
    ],
  );
});

test('a variable wins over the file, and counts for some keys only where the file has them', () => {
  const env = { REDIS_ADDRESS: 'env', REDIS_USERNAME: 'env' };
  const file = (redis: object) => resolveSidekick({ yaml: { redis }, env }).values;
  assert.equal(file({ address: 'file' })['redis.address'], 'env');
  assert.equal(file({ address: 'file' })['redis.username'], '');
  assert.equal(file({ username: 'file' })['redis.username'], 'env');
});

test('variables that are documented count, though Falcosidekick ignores them', () => {
  const env = {
    NATS_MINIMUMPRIORITY: 'critical',
    REDIS_TLS: 'true',
    QUICKWIT_CUSTOMHEADERS: 'X-A:b,X-C:d:e',
    OTLP_LOGS_EXTRAENVVARS: 'OTEL_A: b:c',
  };
  const { values, mistakes } = resolveSidekick({ env });
  assert.equal(values['nats.minimumpriority'], 'critical');
  assert.equal(values['redis.tls'], true);
  assert.deepEqual(values['quickwit.customheaders'], { 'X-A': 'b' });
  assert.deepEqual(values['otlp.logs.extraenvvars'], { OTEL_A: 'b:c' });
  assert.deepEqual(
    mistakes.map(({ key }) => key),
    ['quickwit.customheaders'],
  );
});

test('a variable for a whole map replaces the map of the file', () => {
  const yaml = { webhook: { customheaders: { a: 'file', b: 'file' } } };
  const { values } = resolveSidekick({ yaml, env: { WEBHOOK_CUSTOMHEADERS: 'C:env' } });
  assert.deepEqual(values['webhook.customheaders'], { C: 'env' });
});

test('entries of a variable that are left out are counted, never quoted', () => {
  const env = {
    WEBHOOK_CUSTOMHEADERS: 'good:1,Authorization:Bearer:planted',
    CUSTOMFIELDS: 'a:%NOT_THERE,b:2',
    TEMPLATEDFIELDS: 'c:{{ .x,d:{{ index . "e" }}',
    ALERTMANAGER_EXTRALABELS: '1bad:x, ok : v:w ',
    ELASTICSEARCH_CUSTOMHEADERS: 'planted',
  };
  const { values, mistakes } = resolveSidekick({ env });
  assert.deepEqual(values['webhook.customheaders'], { good: '1' });
  assert.deepEqual(values['customfields'], { b: '2' });
  assert.deepEqual(values['templatedfields'], { d: '{{ index . "e" }}' });
  assert.deepEqual(values['alertmanager.extralabels'], { ok: 'v:w' });
  assert.deepEqual(values['elasticsearch.customheaders'], {});
  assert.equal(mistakes.length, 5);
  assert.ok(mistakes.every(({ code }) => code === 'sidekick_entry'));
  assert.doesNotMatch(JSON.stringify(mistakes), /planted/);
});

test('variables that Kubernetes sets for a Service named syslog do not count', () => {
  const { values } = resolveSidekick({ env: { SYSLOG_PORT: 'tcp://10.0.0.1:514' } });
  assert.equal(values['syslog.port'], '');
});
