import assert from 'node:assert/strict';
import test from 'node:test';
import { check } from '../../test/contract/attempt.ts';
import kafka from './index.ts';
import { type KafkaSettings, mistakesIn } from './settings.ts';

/** The paths of the mistakes; of the schema's where there are some. */
function mistakes(changes: object): string[] {
  const values = { brokers: ['k:9092'], topic: 'alerts', ...changes };
  const { findings } = check(kafka, values);
  if (findings.length > 0) return findings.map(({ path }) => path.join('.'));
  return mistakesIn(values as unknown as KafkaSettings).map(({ path }) => path);
}

const user = { username: 'u', password: 'planted-password' };

for (const [what, changes, expected] of [
  ['nothing more', {}, []],
  ['several brokers', { brokers: ['a:9092', '[::1]:9092', 'b.c-d_e:65535'] }, []],
  ['no brokers', { brokers: [] }, ['brokers']],
  ['brokers without a port', { brokers: ['a:1', 'kafka', 'k:0', 'k:99999'] }, three('brokers')],
  ['a URL for a broker', { brokers: ['kafka://k:9092'] }, ['brokers.0']],
  ['a topic of its letters', { topic: 'Falco.alerts_1-x' }, []],
  ['a topic with a slash', { topic: 'falco/alerts' }, ['topic']],
  ['a topic of dots', { topic: '..' }, ['topic']],
  ['a topic that is too long', { topic: 'a'.repeat(250) }, ['topic']],
  ['a key that is no template', { key: '{{ .Rule' }, ['key']],
  ['acks that promise nothing', { acks: 'none' }, ['acks']],
  ['numbers without all acks', { idempotent: true, acks: 'leader' }, ['idempotent']],
  ['a password', { sasl: { mechanism: 'scram-sha-512', ...user } }, []],
  ['no password', { sasl: { mechanism: 'plain', username: 'u' } }, ['sasl.password']],
  ['a mechanism of its own', { sasl: { mechanism: 'gssapi', ...user } }, ['sasl.mechanism']],
] as const) {
  test(`${what}: ${expected.length === 0 ? 'allowed' : 'refused'}`, () => {
    assert.deepEqual(mistakes(changes), expected);
  });
}

function three(name: string): string[] {
  return [1, 2, 3].map((n) => `${name}.${n}`);
}

test('no mistake quotes a secret', () => {
  const sasl = { mechanism: 'oauthbearer', token: 'planted token', ...user };
  const settings = { brokers: ['planted@k'], topic: 'a', acks: 'all', idempotent: false, sasl };
  assert.doesNotMatch(JSON.stringify(mistakesIn(settings as unknown as KafkaSettings)), /planted/);
});
