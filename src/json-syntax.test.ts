import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMs } from '../test/support/cpu-time.ts';
import { syntaxErrorPosition } from './json-syntax.ts';

const cases: readonly (readonly [text: string, position: number])[] = [
  ['', 0],
  ['  ', 2],
  ['NaN', 0],
  ['tru', 0],
  ['{"a":NaN}', 5],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[1', 2],
  ['{} {}', 3],
  ['{"a":01}', 6],
  ['{"a":1.}', 6],
  ['"abc', 4],
  ['"a\nb"', 2],
  [String.raw`"a\x"`, 2],
  [String.raw`"\u12g4"`, 1],
  ['{"a":{"b":[true,null,-1.5e+3,"\\u00e9\\n",]}}', 40],
];

for (const [text, position] of cases) {
  test(`finds the mistake in ${JSON.stringify(text)}`, () => {
    assert.throws(() => JSON.parse(text));
    assert.equal(syntaxErrorPosition(text), position);
  });
}

test('reads a valid text to its end', () => {
  const text = ' {"a":[1,-2.5e3,true,false,null,"\\u00e9\\"\\\\"],"b":{}, "c":[ ]} ';
  assert.doesNotThrow(() => JSON.parse(text));
  assert.equal(syntaxErrorPosition(text), text.length);
});

test('takes time in proportion to the text', () => {
  const started = cpuMs();
  assert.equal(syntaxErrorPosition(`["${'a'.repeat(4_000_000)}`), 4_000_002);
  assert.equal(syntaxErrorPosition(`[${'1,'.repeat(500_000)}x`), 1_000_001);
  assert.ok(cpuMs() - started < 2000);
});
