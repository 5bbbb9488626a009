import assert from 'node:assert/strict';
import test from 'node:test';
import { inert, inertTexts } from './inert.ts';

test('text that would be a tag, a mention, a link or code is none', () => {
  const texts = [
    ['<b>x</b> <!-- y', '‹b>x‹/b> ‹!-- y'],
    [
      '<!channel> <@U1> <#C1> <https://evil.example|here>',
      '‹!channel> ‹@U1> ‹#C1> ‹https://evil.example|here>',
    ],
    [
      '[here](https://evil.example) ![](https://evil.example/p)',
      '[here]\uff08https://evil.example) ![]\uff08https://evil.example/p)',
    ],
    ['`code`', 'ˋcodeˋ'],
    ['one\r\ntwo \u202etxt', 'one two \ufffdtxt'],
  ];
  for (const [text = '', shown] of texts) assert.equal(inert(text), shown);
});

test('any other text is what it was', () => {
  for (const text of ['a < b && c > d', 'f(x)[1] *p _q_ ~r', '日本語 🦀', '2>&1 <3 <<<']) {
    assert.equal(inert(text), text);
  }
  assert.deepEqual(inertTexts({ 'a<b': '<c' }), { 'a‹b': '‹c' });
});
