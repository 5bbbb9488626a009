import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ExpressionError } from './errors.ts';
import { compileExpression } from './expression.ts';

/** The expression with ^ before the place of the mistake, its code, and what the hint says. */
type Row = readonly [string, ExpressionError['code'], RegExp?];

function refusalOf(text: string): ExpressionError {
  try {
    compileExpression(text);
  } catch (error) {
    assert.ok(error instanceof ExpressionError);
    return error;
  }
  return assert.fail(`${text} was accepted`);
}

function table(rows: readonly Row[]): void {
  for (const [marked, code, hint] of rows) {
    test(marked, () => {
      const error = refusalOf(marked.replace('^', ''));
      assert.equal(error.offset, marked.indexOf('^'), error.message);
      assert.equal(error.code, code, error.message);
      if (hint !== undefined) assert.match(error.hint ?? '', hint);
      assert.ok(error.message.length > 0 && !error.message.includes('\n'));
    });
  }
}

suite('names that do not exist', () => {
  table([
    ['^rul == "x"', 'unknown_name', /did you mean rule\?/],
    ['priority >= ^warning', 'unknown_name', /did you mean WARNING\?/],
    ['priority >= ^CRITCAL', 'unknown_name', /did you mean CRITICAL\?/],
    ['^k8s.ns.name == "x"', 'unknown_name', /fields\["k8s\.ns\.name"\]/],
    ['^proc.name.startsWith("x")', 'unknown_name', /fields\["proc\.name"\]/],
    ['rule == "x" && ^zzzzzz', 'unknown_name', /there are priority, rule/],
    ['tags.exists(t, ^u == "x")', 'unknown_name'],
    ['tags.exists(t, true) && ^t == "x"', 'unknown_name'],
    ['ingest.^identty == "x"', 'unknown_name', /ingest\.identity/],
    ['ingest.^token == "x"', 'unknown_name', /input, agent, peer, identity/],
    ['^timestamp(time) == null', 'unknown_function', /there are has, size/],
    ['^sise(tags) > 1', 'unknown_function', /did you mean size\(\)/],
    ['^startsWith(rule, "x")', 'unknown_function', /text\.startsWith/],
    ['rule.^startswith("x")', 'unknown_function', /did you mean startsWith\(\)/],
    ['fields["a"].^lowerAscii() == "x"', 'unknown_function', /there are startsWith/],
    ['tags.^exist(t, t == "x")', 'unknown_function', /did you mean exists\(\)/],
    ['rule.^startsWith("x", "y")', 'unknown_function'],
    ['^size(tags, 1) > 1', 'unknown_function'],
    ['^cel.bind(x, 1, x == 1)', 'unknown_name'],
  ]);
});

suite('types that do not go together', () => {
  table([
    ['^rule < 5', 'wrong_type'],
    ['source == "x" && ^hostname == 5', 'wrong_type'],
    ['^priority >= 4', 'wrong_type', /priority >= CRITICAL/],
    ['priority == ^"Warning"', 'wrong_type', /"warning"/],
    ['^"info" == priority', 'wrong_type', /emergency, alert/],
    ['priority in ["error", ^"fatal"]', 'wrong_type'],
    ['^fields["a"] < null', 'wrong_type'],
    ['^true < false', 'wrong_type'],
    ['^fields == null', 'wrong_type', /fields\["name"\]/],
    ['^tags == "x"', 'wrong_type', /"x" in list/],
    ['^"x" in rule', 'wrong_type', /text\.contains/],
    ['^5 in tags', 'wrong_type'],
    ['^rule in ingest', 'wrong_type'],
    ['^tags.contains("x")', 'wrong_type', /"x" in list/],
    ['^tags.startsWith("x")', 'wrong_type', /list\.exists/],
    ['^priority.startsWith("x")', 'wrong_type'],
    ['rule.contains(^5)', 'wrong_type'],
    ['size(^priority) > 1', 'wrong_type'],
    ['^rule', 'wrong_type'],
    ['^priority', 'wrong_type'],
    ['^fields', 'wrong_type'],
    ['^rule && true', 'wrong_type'],
    ['true || ^5', 'wrong_type'],
    ['!^rule', 'wrong_type'],
    ['^rule ? true : false', 'wrong_type'],
    ['^true ? 1 : "x"', 'wrong_type'],
    ['rule in ["x", ^1]', 'wrong_type'],
    ['^rule + 1 == null', 'wrong_type'],
    ['^tags * 2 == null', 'wrong_type'],
    ['^-rule == null', 'wrong_type'],
    ['fields.k8s.^name == "x"', 'wrong_type', /fields\["k8s\.name"\]/],
    ['fields["a"].^b == "x"', 'wrong_type'],
    ['fields[^5] == "x"', 'wrong_type'],
    ['tags[^"a"] == "x"', 'wrong_type'],
    ['^rule[0] == "x"', 'wrong_type'],
    ['^rule.exists(c, true)', 'wrong_type'],
    ['tags.exists(t, ^size(t))', 'wrong_type'],
    ['has(^rule)', 'wrong_type', /has\(fields/],
  ]);
});

suite('what the grammar does not have', () => {
  table([
    ['rule ^= "x"', 'syntax', /==/],
    ['rule == "x" ^and true', 'syntax', /&&/],
    ['rule == "x" ^OR true', 'syntax', /\|\|/],
    ['not ^rule', 'syntax', /!/],
    ['output ^contains "x"', 'syntax', /text\.contains/],
    ['rule ==^', 'syntax'],
    ['^', 'syntax'],
    ['(rule == "x"^', 'syntax', /\) is missing/],
    ['rule == "x" ? true^', 'syntax', /: is missing/],
    ['rule == ^"x', 'syntax'],
    ['rule == "^\\q"', 'syntax'],
    ['tags.exists(t.^x, true)', 'syntax', /tags\.exists/],
    ['^tags.map(t, t == "x", t) == []', 'syntax', /list\.map/],
    ['^{"a": 1} == null', 'unsupported'],
    ['size(^b"abc") == 3', 'unsupported'],
    ['^5u == 5', 'unsupported'],
  ]);

  test('line and column count within a text of several lines', () => {
    const { offset, line, column } = refusalOf('source == "x" &&\n  rul == "y"');
    assert.deepEqual({ offset, line, column }, { offset: 19, line: 2, column: 3 });
  });
});

suite('patterns', () => {
  table([
    ['rule.matches(^"a(")', 'bad_pattern'],
    ['rule.matches(^"(?=a)")', 'bad_pattern'],
    ['rule.matches(^"(a)\\\\1")', 'bad_pattern'],
    ['rule.matches(^fields["pattern"])', 'bad_pattern'],
    ['rule.matches(^"a" + "b")', 'bad_pattern'],
    ['rule.matches(^"a{1000}")', 'bad_pattern'],
    [`rule.matches(^"${'a'.repeat(1001)}")`, 'bad_pattern'],
  ]);
});

function nested(depth: number): string {
  return `${'('.repeat(depth)}true${')'.repeat(depth)}`;
}

suite('size', () => {
  test('a text of 4096 characters at most', () => {
    compileExpression(`true //${'x'.repeat(4089)}`);
    const error = refusalOf(`true //${'x'.repeat(4090)}`);
    assert.equal(error.code, 'too_large');
  });

  test('500 parts at most', () => {
    compileExpression(Array.from({ length: 200 }, () => 'true').join('||'));
    assert.equal(refusalOf(Array(300).fill('true').join('||')).code, 'too_large');
    assert.equal(refusalOf(`${'!'.repeat(4000)}true`).code, 'too_large');
  });

  test('nested 30 deep at most', () => {
    compileExpression(nested(30));
    assert.equal(refusalOf(nested(40)).code, 'too_large');
    assert.equal(refusalOf(`${'['.repeat(40)}${']'.repeat(40)} == []`).code, 'too_large');
  });

  test('macros nested 2 deep at most', () => {
    compileExpression('tags.exists(a, tags.exists(b, a == b)) && tags.all(a, true)');
    const error = refusalOf('tags.exists(a, tags.exists(b, tags.exists(c, true)))');
    assert.equal(error.code, 'too_large');
    assert.equal(error.offset, 30);
  });
});
