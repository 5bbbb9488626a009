import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CliError } from './exit.ts';
import { lengthText, parseCount, parseLength, parseWhen, timeText, timeWithAge } from './time.ts';

const NOW_MS = Date.parse('2026-11-03T10:00:00.000Z');

test('a length of time is told in one unit', () => {
  const seconds = [0, 59, 60, 3599, 3600, 172_799, 172_800, 864_000];
  const texts = seconds.map((count) => lengthText(count * 1000));
  assert.deepEqual(texts, ['0s', '59s', '1m', '59m', '1h', '47h', '2d', '10d']);
});

test('a clock that was set back does not make an age negative', () => {
  assert.equal(lengthText(-5000), '0s');
});

test('a point in time is UTC', () => {
  assert.equal(timeText(NOW_MS + 123), '2026-11-03T10:00:00Z');
  assert.equal(timeWithAge(NOW_MS - 7_200_000, NOW_MS), '2026-11-03T08:00:00.000Z (2h ago)');
});

suite('a time on the command line', () => {
  test('is an age, a date or a date with a time, in UTC unless it says otherwise', () => {
    for (const [text, expected] of [
      ['1h', '2026-11-03T09:00:00.000Z'],
      ['0', '2026-11-03T10:00:00.000Z'],
      ['2026-11-01', '2026-11-01T00:00:00.000Z'],
      ['2026-11-01T12:30', '2026-11-01T12:30:00.000Z'],
      ['2026-11-01 12:30:15.5', '2026-11-01T12:30:15.500Z'],
      ['2026-11-01T12:30:15Z', '2026-11-01T12:30:15.000Z'],
      ['2026-11-01T12:30:15+02:00', '2026-11-01T10:30:15.000Z'],
    ] as const) {
      assert.equal(new Date(parseWhen(text, '--since', NOW_MS)).toISOString(), expected, text);
    }
  });

  test('that is none is refused with its option and what to write', () => {
    for (const text of ['yesterday', '', '1 h', '2026-13-45', '2026-11-01T25:00', '-1h', '1e3h']) {
      assert.throws(
        () => parseWhen(text, '--since', NOW_MS),
        isUsageError(/^--since: .*write/),
        text,
      );
    }
  });
});

test('lengths and counts are bounded', () => {
  assert.equal(parseLength('5m', '--timeout'), 300_000);
  assert.throws(() => parseLength('5', '--timeout'), isUsageError(/--timeout: "5"/));
  assert.equal(parseCount('1000', '--limit', 1000), 1000);
  for (const text of ['0', '1001', '-1', '1.5', '', '9'.repeat(30)]) {
    assert.throws(() => parseCount(text, '--limit', 1000), isUsageError(/from 1 to 1000/), text);
  }
});

function isUsageError(text: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof CliError && error.exitCode === 2 && text.test(error.message);
}
