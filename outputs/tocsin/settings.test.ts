import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { mistakesIn, type TocsinSettings } from './settings.ts';

function pathsOfMistakes(settings: Partial<TocsinSettings>): string[] {
  const given = { address: 'hub:2803', plaintext: false, ...settings };
  return mistakesIn(given).map(({ path }) => path);
}

test('tocsin: an address is a host and a port', () => {
  for (const address of ['hub:2803', '10.0.0.7:1', '[2001:db8::7]:65535', 'a-b.example.org:2803']) {
    assert.deepEqual(pathsOfMistakes({ address }), [], address);
  }
  for (const address of [
    'hub',
    'hub:0',
    'hub:65536',
    'https://hub:2803',
    '::1:2803',
    ':2803',
    '',
  ]) {
    assert.deepEqual(pathsOfMistakes({ address }), ['address'], address);
  }
});

test('tocsin: a token that no header can carry is refused without being quoted', () => {
  for (const token of ['two words', 'line\nbreak', 'schlüssel']) {
    const mistakes = mistakesIn({ address: 'hub:2803', plaintext: false, token });
    assert.equal(mistakes[0]?.path, 'token');
    assert.ok(!JSON.stringify(mistakes).includes(token));
  }
  assert.deepEqual(pathsOfMistakes({ token: 'abc.DEF-123~+/=' }), []);
});

test('tocsin: a hub that only knows of this output does not load gRPC', async () => {
  await import('./index.ts');
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  assert.ok(!loaded.some((path) => path.includes('grpc')));
});
