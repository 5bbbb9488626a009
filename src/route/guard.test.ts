import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { compileExpression } from './expression.ts';
import { indexGuards, NO_GUARD } from './guard.ts';

suite('an expression is guarded by the tests of priority, source and rule it begins with', () => {
  const rows = [
    ['priority >= CRITICAL', 0b0000_0111, undefined, undefined],
    ['WARNING >= priority', 0b1111_0000, undefined, undefined],
    ['priority == "debug"', 0b1000_0000, undefined, undefined],
    ['priority in ["alert", ERROR]', 0b0000_1010, undefined, undefined],
    ['priority != ALERT', 0b1111_1101, undefined, undefined],
    ['source == "a" && rule == "r" && fields["x"] == 1', 0xff, ['a'], ['r']],
    ['"a" == source && priority > ERROR', 0b0000_0111, ['a'], undefined],
    ['rule in ["r", "s"] && rule in ["s", "t"]', 0xff, undefined, ['s']],
    ['(source == "a" || source == "b") && rule == "r"', 0xff, ['a', 'b'], ['r']],
    ['source == "a" || rule == "r"', 0xff, undefined, undefined],
    ['"x" in tags && source == "a"', 0xff, undefined, undefined],
    ['fields["x"] == 1 && source == "a"', 0xff, ['a'], undefined],
    ['source != "a" || !(rule == "r")', 0xff, undefined, undefined],
    ['hostname == "a" && source == hostname', 0xff, undefined, undefined],
  ] as const;
  for (const [text, severities, sources, rules] of rows) {
    test(text, () => {
      assert.deepEqual(compileExpression(text).guard, {
        severities,
        sources: sources && new Set(sources),
        rules: rules && new Set(rules),
      });
    });
  }
});

test('only what its guard lets through is worth trying', () => {
  const candidates = indexGuards([
    { ...NO_GUARD, severities: 0b0000_0111 },
    { ...NO_GUARD, sources: new Set(['a', 'b']) },
    { ...NO_GUARD, sources: new Set(['b']), rules: new Set(['r']) },
    NO_GUARD,
  ]);
  assert.deepEqual(candidates(0, 'a', 'r'), [0b1011]);
  assert.deepEqual(candidates(5, 'b', 'r'), [0b1110]);
  assert.deepEqual(candidates(5, 'b', 's'), [0b1010]);
  assert.deepEqual(candidates(2, 'c', 'r'), [0b1001]);
});
