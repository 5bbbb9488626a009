import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import { test } from 'node:test';
import { createSharedLookup, type SystemLookup } from './lookup.ts';

test('a name that is looked up is not looked up once more meanwhile', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const silent: SystemLookup = (host, { family }, callback) => {
    asked.push(`${host}/${family ?? 0}`);
    answers.push(() => callback(null, [{ address: '192.0.2.1', family: 4 }]));
  };
  const lookup = promisify(createSharedLookup(silent));
  const ask = (host: string, family = 0) => lookup(host, { all: true, family });
  const all = [ask('a'), ask('a'), ask('b'), ask('a', 6), ask('a')];
  assert.deepEqual(asked, ['a/0', 'b/0', 'a/6']);
  for (const answer of answers.splice(0)) answer();
  const address = { address: '192.0.2.1', family: 4 };
  for (const found of await Promise.all(all)) assert.deepEqual(found, [address]);
  const again = ask('a');
  assert.deepEqual(asked, ['a/0', 'b/0', 'a/6', 'a/0']);
  answers[0]?.();
  await again;
});

test('a failure is everybody’s, too', async () => {
  const gone: SystemLookup = (host, _options, callback) =>
    setImmediate(() => callback(new Error(`${host} is gone`), []));
  const lookup = promisify(createSharedLookup(gone));
  const all = [lookup('a', { all: true }), lookup('a', { all: true })];
  for (const one of all) await assert.rejects(one, /a is gone/);
});
