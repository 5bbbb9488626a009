import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';

/** A Falcosidekick configuration whose Kafka output is on. */
async function load(variables: Readonly<Record<string, string>>): Promise<LoadedConfig> {
  const env = { KAFKA_HOSTPORT: 'kafka:9092', KAFKA_TOPIC: 'falco', ...variables };
  const result = await loadConfig({
    file: undefined,
    text: '',
    env,
    flags: {},
    baseDirectory: '/',
  });
  assert.ok(result.ok);
  return result;
}

async function settingsOf(variables: Readonly<Record<string, string>>) {
  const { outputs, misconfigured } = await load(variables);
  assert.deepEqual(misconfigured, []);
  return outputs[0]?.settings ?? {};
}

test("Falcosidekick's defaults give the records they gave, and wait for all", async () => {
  assert.deepEqual(await settingsOf({}), {
    brokers: ['kafka:9092'],
    topic: 'falco',
    key: '',
    format: 'falco',
    plaintext: true,
    acks: 'all',
    idempotent: false,
    compression: 'none',
    createTopic: false,
    clientId: 'tocsin',
  });
});

test('all of its keys are kept', async () => {
  const settings = await settingsOf({
    KAFKA_HOSTPORT: 'k1:9093, k2',
    KAFKA_SASL: 'SCRAM_SHA512',
    KAFKA_TLS: 'true',
    KAFKA_USERNAME: 'falco',
    KAFKA_PASSWORD: 'planted-password',
    KAFKA_BALANCER: 'least_bytes',
    KAFKA_CLIENTID: 'sidekick',
    KAFKA_COMPRESSION: 'SNAPPY',
    KAFKA_ASYNC: 'true',
    KAFKA_REQUIREDACKS: 'ONE',
    KAFKA_TOPICCREATION: 'true',
  });
  assert.deepEqual(settings, {
    brokers: ['k1:9093', 'k2:9092'],
    topic: 'falco',
    key: '',
    format: 'falco',
    plaintext: false,
    sasl: { mechanism: 'scram-sha-512', username: 'falco', password: 'planted-password' },
    acks: 'leader',
    idempotent: false,
    compression: 'snappy',
    createTopic: true,
    clientId: 'sidekick',
  });
});

for (const [written, mechanism] of [
  ['PLAIN', 'plain'],
  ['plain', 'plain'],
  ['SCRAM_SHA256', 'scram-sha-256'],
  ['scram_sha256', 'scram-sha-256'],
  ['SCRAM-SHA-512', 'scram-sha-512'],
] as const) {
  test(`sasl ${written} is ${mechanism}`, async () => {
    const user = { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' };
    const { sasl } = await settingsOf({ KAFKA_SASL: written, ...user });
    assert.deepEqual(sasl, { mechanism, username: 'u', password: 'p' });
  });
}

test('a user without sasl does not count, as before', async () => {
  const { sasl } = await settingsOf({ KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' });
  assert.equal(sasl, undefined);
});

for (const [key, value, text] of [
  ['KAFKA_REQUIREDACKS', 'NONE', /kafka\.requiredacks: means ALL here/],
  ['KAFKA_BALANCER', 'murmur2', /kafka\.balancer: has no effect/],
  ['KAFKA_ASYNC', 'true', /kafka\.async: has no effect/],
] as const) {
  test(`${key}=${value} is warned of`, async () => {
    const { warnings } = await load({ KAFKA_REQUIREDACKS: 'ALL', [key]: value });
    assert.equal(warnings.length, 1);
    assert.match(warnings.map(formatProblem).join(), text);
  });
}

test('acks that nobody set are warned of, too: none is the default', async () => {
  const { warnings } = await load({});
  assert.deepEqual(
    warnings.map(({ code, path }) => [code, path]),
    [['sidekick_value', 'kafka.requiredacks']],
  );
});

for (const [name, value] of [
  ['KAFKA_SASL', 'GSSAPI'],
  ['KAFKA_SASL', 'PLAIN'],
  ['KAFKA_COMPRESSION', 'BROTLI'],
  ['KAFKA_REQUIREDACKS', 'SOME'],
  ['KAFKA_HOSTPORT', 'http://kafka/x'],
] as const) {
  test(`${name}=${value} turns the output off, loudly`, async () => {
    const { outputs, misconfigured } = await load({ [name]: value });
    assert.deepEqual(outputs, []);
    const key = name.toLowerCase().replace('_', '.');
    const { problems = [] } = misconfigured[0] ?? {};
    assert.ok(problems.length > 0 && problems.every(({ path }) => path === key));
  });
}
