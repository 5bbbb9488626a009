import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import type { Alert } from '../alert.ts';
import { ExpressionFailure } from './errors.ts';
import { compileExpression } from './expression.ts';

/** Alerts written to make an expression slow. The time limits leave room for a busy machine. */

const hostile: Alert = {
  uuid: '0198f0c2-5d2e-7cc0-a1f2-000000000001',
  time: '2026-11-03T10:00:00Z',
  priority: 'warning',
  rule: 'Terminal shell',
  source: 'syscall',
  output: `${'a'.repeat(16_383)}!`,
  fields: Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field.${n}`, 'a'.repeat(4096)]),
  ),
  tags: Array.from({ length: 64 }, (_, n) => `tag-${n}`),
  hostname: 'node-1',
  receivedAt: '2026-11-03T10:00:00.000Z',
  ingest: { input: 'http', agent: 'falco' },
};

const TIME_MAX_MS = 1500;

/** What the expression says of the alert, or the code of its failure. */
function outcomeInTime(text: string, part: Partial<Alert> = {}): boolean | string {
  const expression = compileExpression(text);
  const startedAtMs = cpuMs();
  try {
    return expression.test({ ...hostile, ...part });
  } catch (error) {
    assert.ok(error instanceof ExpressionFailure);
    return error.code;
  } finally {
    assert.ok(cpuMs() - startedAtMs < TIME_MAX_MS, text);
  }
}

test('a pattern that elsewhere backtracks for ever', () => {
  assert.equal(outcomeInTime('output.matches("(a+)+$")'), false);
  assert.equal(outcomeInTime('output.matches("^(a|aa)+$")'), false);
});

test('a text made to fill the automaton of a pattern', () => {
  let state = 1;
  const letters = Array.from({ length: 16_384 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state > 2 ** 31 ? 'a' : 'b';
  });
  const text = 'output.matches("a[ab]{200}[cd]")';
  assert.equal(outcomeInTime(text, { output: letters.join('') }), false);
});

test('a large pattern on many large fields', () => {
  const text = 'fields.exists(name, fields[name].matches("(a?){40}[bc]"))';
  assert.equal(outcomeInTime(text), 'too_many_steps');
});

test('a search for a long text in a long text', () => {
  const fields = { part: `${'a'.repeat(2000)}b${'a'.repeat(2000)}` };
  const text = 'tags.exists(tag, output.contains(fields["part"]))';
  assert.equal(outcomeInTime(text, { fields }), false);
  const twice = `${text} || ${text}`;
  assert.equal(outcomeInTime(twice, { fields }), 'too_many_steps');
});

test('a search in all fields is done to its end, for a short text as for a long one', () => {
  const eachField = (part: string): string =>
    `fields.exists(name, fields[name].contains("${part}"))`;
  assert.equal(outcomeInTime(eachField(`${'a'.repeat(30)}b`)), false);
  assert.equal(outcomeInTime(`${eachField('aaab')} || ${eachField('baaa')}`), false);
});

test('macros over all fields, nested', () => {
  const everyPair = 'fields.all(a, fields.all(b, fields[a] == fields[b]))';
  assert.equal(outcomeInTime(everyPair), 'too_many_steps');
  const everyTag = 'fields.exists(name, tags.exists(tag, name == tag))';
  assert.equal(outcomeInTime(everyTag), false);
});

test('lists as long as a field can make them', () => {
  const list = Array.from({ length: 50_000 }, (_, n) => `${n}`);
  const inItself = 'fields["list"].all(item, item in fields["list"])';
  assert.equal(outcomeInTime(inItself, { fields: { list } }), 'too_many_steps');
  const leftAtOnce = 'tags.all(tag, fields["list"].exists(item, true))';
  assert.equal(outcomeInTime(leftAtOnce, { fields: { list } }), 'too_many_steps');
});

test('a text put together again and again', () => {
  const text = 'fields.all(name, output + output != "")';
  assert.equal(outcomeInTime(text), 'too_many_steps');
});

test('a text counted again and again', () => {
  const text = 'fields.all(name, tags.all(tag, size(output) == 16384))';
  assert.equal(outcomeInTime(text), 'too_many_steps');
});

test('a text that doubles', () => {
  const twice = (text: string, times: number): string =>
    times === 0 ? text : twice(`(${text} + ${text})`, times - 1);
  assert.equal(outcomeInTime(`${twice('fields["field.0"]', 4)} == ""`), false);
  assert.equal(outcomeInTime(`${twice('fields["field.0"]', 5)} == ""`), 'text_too_long');
});
