import assert from 'node:assert/strict';
import test from 'node:test';
import { HOSTILE_STRINGS, alertWith } from '../../test/contract/alerts.ts';
import {
  bytesOf,
  defuseWithin,
  escapeHtml,
  footerText,
  jsonBytesOf,
  quiet,
  quietWithoutLinks,
  templateText,
} from './chat-text.ts';

test('quiet text mentions nobody and hides no address', () => {
  assert.equal(quiet('@here <@U1> [a](b) `c` [d]: e'), '＠here ‹＠U1> [a]（b) ˋcˋ [d]： e');
  assert.equal(quiet('a < b, https://x'), 'a < b, https://x');
  assert.equal(quietWithoutLinks('https://x'), 'https[:]//x');
});

test('HTML shows what was written', () => {
  assert.equal(escapeHtml(`<a href="x">&'`), '&#60;a href=&#34;x&#34;&#62;&#38;&#39;');
});

test('defused text fits, and no escape is cut in two', () => {
  for (const text of [...HOSTILE_STRINGS, '&'.repeat(50), '🦀&'.repeat(30), '日本語'.repeat(30)]) {
    for (const sizeOf of [(one: string) => one.length, bytesOf, jsonBytesOf]) {
      for (let sizeMax = 0; sizeMax < 60; sizeMax += 1) {
        const cut = defuseWithin(escapeHtml, text, sizeMax, sizeOf);
        assert.ok(sizeOf(cut) <= sizeMax, `${cut} for ${sizeMax}`);
        assert.doesNotMatch(cut, /&(?!#\d\d;)/);
        assert.ok(cut.isWellFormed());
        if (sizeMax > 10 && cut !== escapeHtml(text)) assert.match(cut, /…$/);
      }
    }
  }
});

test('a template sees harmless text, and a failure is told', () => {
  const alert = alertWith({
    rule: '@all',
    tags: ['@here'],
    fields: { '@a': '@x', b: ['@y'], n: 1 },
  });
  const messageFormat = '@ops {{ .Rule }} {{ .Tags }} {{ .OutputFields }}';
  const text = templateText({ messageFormat }, alert, quiet);
  assert.equal(text.match(/@/g)?.length, 1, text);
  assert.match(templateText({ messageFormat: '{{ .No }}' }, alert, quiet), /^messageFormat failed/);
  assert.equal(templateText({}, alert, quiet), '');
});

test('a footer has the uuid, if wanted', () => {
  const alert = alertWith();
  assert.equal(footerText({ footer: 'SOC', uuidInFooter: true }, alert), `SOC · ${alert.uuid}`);
  assert.equal(footerText({ footer: '', uuidInFooter: false }, alert), '');
});
