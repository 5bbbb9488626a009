import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import redis from '../../outputs/redis/index.ts';
import { verdictOf } from '../contract/attempt.ts';
import { type ServiceValues, startService } from '../services/service.ts';
import { corpusArrives, outlivesKill } from '../support/arrivals.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real Redis makes of the output; `redis-cli` reads it back. */

test('redis: a real server', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'redis');
  if (service === undefined) return;
  const { REDIS_ADDRESS: address, REDIS_USER: username, REDIS_PASSWORD: password } = service;
  const { REDIS_TLS_ADDRESS, REDIS_CA: caFile = '' } = service;
  const plain = { address, plaintext: true, password };

  async function readStream(key: string): Promise<string[]> {
    const entries = await cli<[string, string[]][]>(service, 'XRANGE', key, '-', '+');
    return entries.map(([, fields]) => fields[fields.indexOf('alert') + 1] ?? '');
  }
  const reads: Readonly<Record<string, (key: string) => Promise<string[]>>> = {
    stream: readStream,
    list: (key) => cli(service, 'LRANGE', key, '0', '-1'),
    hash: (key) => cli(service, 'HVALS', key),
  };
  for (const [store, read] of Object.entries(reads)) {
    await t.test(`the corpus arrives in a ${store}, each alert once, with every digit`, (t) => {
      const key = `corpus-${store}`;
      return corpusArrives(t, { type: 'redis', ...plain, store, key }, () => read(key));
    });
  }

  await t.test('over TLS, by a user who may do nothing else', async (t) => {
    const settings = { address: REDIS_TLS_ADDRESS, username, password };
    const { send } = await openOutput(t, redis, settings, { caFiles: [caFile] });
    assert.equal(verdictOf(await send(numbered(3))), 'delivered');
    assert.equal(verdictOf(await send(numbered(3))), 'delivered');
    assert.equal((await readStream('falco')).length, 6);
    const others = { ...settings, store: 'list' };
    const refused = await openOutput(t, redis, others, { caFiles: [caFile] });
    assert.equal(verdictOf(await refused.send()), 'retry/auth');
  });

  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong password': [{ ...plain, password: 'planted-secret' }, 'retry/auth'],
    'no password': [{ address, plaintext: true }, 'retry/auth'],
    'a key of another kind': [{ ...plain, key: 'corpus-list' }, 'retry/client'],
    'a database that is not there': [{ ...plain, database: 99 }, 'retry/client'],
    'no TLS where it is spoken': [
      { address: REDIS_TLS_ADDRESS, plaintext: true, password },
      'retry/network',
    ],
  };
  for (const [what, [settings, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const { send } = await openOutput(t, redis, settings);
      const result = await send(numbered(2));
      assert.equal(verdictOf(result), verdict, JSON.stringify(result));
      assert.doesNotMatch(JSON.stringify(result), /planted/);
    });
  }

  await t.test('a server that is killed and started again gets the rest', (t) => {
    const output = { type: 'redis', ...plain, key: 'kill' };
    return outlivesKill(t, { output, service, read: () => readStream('kill') });
  });
});

const execute = promisify(execFile);

async function cli<T = string[]>(
  service: ServiceValues | undefined,
  ...command: string[]
): Promise<T> {
  const { REDIS_ADDRESS = '', REDIS_PASSWORD = '' } = service ?? {};
  const port = REDIS_ADDRESS.slice(REDIS_ADDRESS.indexOf(':') + 1);
  const login = ['-p', port, '--no-auth-warning', '-a', REDIS_PASSWORD];
  const { stdout } = await execute('redis-cli', [...login, '--json', ...command], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as T;
}
