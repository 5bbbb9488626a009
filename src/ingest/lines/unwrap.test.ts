import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { corpusLines } from '../../../test/support/corpus.ts';
import type { UnwrappedLine } from './line.ts';
import { unwrapLine } from './unwrap.ts';

const NOW_MS = Date.parse('2026-08-11T12:00:00Z');
const WRITTEN_MS = Date.parse('2026-08-11T00:04:09.123Z');
const WRITTEN_SECOND_MS = Date.parse('2026-08-11T00:04:09Z');

const texts = readFileSync(new URL('../../../test/data/corpus/falco-stdout.log', import.meta.url))
  .toString()
  .trimEnd()
  .split('\n');

function unwrap(line: string): UnwrappedLine {
  return unwrapLine(line, NOW_MS);
}

type Wrap = (text: string) => string;

/** What wraps a line, and what it says of it. */
const wrappings: readonly (readonly [name: string, wrap: Wrap, said: Partial<UnwrappedLine>])[] = [
  ['nothing', (text) => text, {}],
  [
    'CRI',
    (text) => `2026-08-11T00:04:09.123456789Z stdout F ${text}`,
    { stream: 'stdout', writtenAtMs: WRITTEN_MS },
  ],
  [
    'CRI with a zone and tags',
    (text) => `2026-08-11T02:04:09.123+02:00 stderr F:a:b ${text}`,
    { stream: 'stderr', writtenAtMs: WRITTEN_MS },
  ],
  [
    'docker json-file',
    (text) =>
      JSON.stringify({
        log: `${text}\n`,
        stream: 'stdout',
        time: '2026-08-11T00:04:09.123456789Z',
      }),
    { stream: 'stdout', writtenAtMs: WRITTEN_MS },
  ],
  [
    'journalctl -o json',
    (text) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1786406649123456',
        _HOSTNAME: 'node-1',
        SYSLOG_IDENTIFIER: 'falco',
        MESSAGE: text,
      }),
    { hostname: 'node-1', writtenAtMs: WRITTEN_MS },
  ],
  [
    'journalctl -o json, as bytes',
    (text) =>
      JSON.stringify({ MESSAGE: [...Buffer.from(text)], __REALTIME_TIMESTAMP: '1786406649123456' }),
    { writtenAtMs: WRITTEN_MS },
  ],
  [
    'a syslog file',
    (text) => `Aug 11 00:04:09 node-1 falco[4711]: ${text}`,
    { hostname: 'node-1', writtenAtMs: WRITTEN_SECOND_MS },
  ],
  [
    'a syslog file without a process id, of last year',
    (text) => `<13>Dec  1 00:04:09 node-1 falco: ${text}`,
    { hostname: 'node-1', writtenAtMs: Date.parse('2025-12-01T00:04:09Z') },
  ],
  [
    'rsyslog',
    (text) => `2026-08-11T00:04:09.123456+00:00 fd00::1 falco[1]: ${text}`,
    { hostname: 'fd00::1', writtenAtMs: WRITTEN_MS },
  ],
  [
    'journalctl -o short-iso',
    (text) => `2026-08-11T02:04:09+0200 node-1 falco[1]: ${text}`,
    { hostname: 'node-1', writtenAtMs: WRITTEN_SECOND_MS },
  ],
  [
    'journalctl -o short-full',
    (text) => `Tue 2026-08-11 00:04:09 UTC node-1 falco[1]: ${text}`,
    { hostname: 'node-1', writtenAtMs: WRITTEN_SECOND_MS },
  ],
  [
    'journalctl -o short-unix',
    (text) => `1786406649.123000 node-1 falco[1]: ${text}`,
    { hostname: 'node-1', writtenAtMs: WRITTEN_MS },
  ],
  [
    'journalctl -o short-monotonic',
    (text) => `[    9.123456] node-1 falco[1]: ${text}`,
    { hostname: 'node-1' },
  ],
];

suite('what a program wrote comes out as it was, of', () => {
  for (const [name, wrap, said] of wrappings) {
    test(name, () => {
      for (const text of [...corpusLines, ...texts, '', 'x: y', 'Aug 11 00:04:09 a b: c']) {
        if (name === 'nothing' && text.endsWith('b: c')) continue;
        const plain = { isPart: false, stream: '', hostname: '' };
        assert.deepEqual(unwrap(wrap(text)), { ...plain, text, ...said });
      }
    });
  }
});

suite('a part is known as one, of', () => {
  test('CRI', () => {
    const { text, isPart } = unwrap('2026-08-11T00:04:09.1Z stdout P {"a": ');
    assert.deepEqual([text, isPart], ['{"a": ', true]);
  });

  test('docker', () => {
    const { text, isPart } = unwrap('{"log":"{\\"a\\": ","stream":"stdout","time":"x"}');
    assert.deepEqual([text, isPart], ['{"a": ', true]);
  });

  test("docker's journald driver", () => {
    const entry = {
      MESSAGE: 'abc',
      CONTAINER_ID_FULL: 'c0ffee',
      CONTAINER_PARTIAL_MESSAGE: 'true',
      __REALTIME_TIMESTAMP: '1786406649123456',
    };
    const { text, isPart, stream } = unwrap(JSON.stringify(entry));
    assert.deepEqual([text, isPart, stream], ['abc', true, 'c0ffee']);
  });
});

test('an alert is no wrapping, whatever stands in it', () => {
  const alerts = [
    { log: 'x\n', stream: 'stdout', rule: 'R', priority: 'Error' },
    { MESSAGE: 'x', __REALTIME_TIMESTAMP: '1786406649123456', rule: 'R', priority: 'Error' },
    { output: '"MESSAGE":"x","__REALTIME_TIMESTAMP":"1"', rule: 'R', priority: 'Error' },
    { MESSAGE: 'x', __REALTIME_TIMESTAMP: 5 },
    { log: 5, stream: 'stdout' },
  ];
  for (const alert of alerts)
    assert.equal(unwrap(JSON.stringify(alert)).text, JSON.stringify(alert));
  for (const broken of ['{"log":"x', '{"MESSAGE":"__REALTIME_TIMESTAMP":']) {
    assert.equal(unwrap(broken).text, broken);
  }
});

test('what the journal could not keep is an empty line', () => {
  const entry = { MESSAGE: null, __REALTIME_TIMESTAMP: '1786406649123456' };
  assert.equal(unwrap(JSON.stringify(entry)).text, '');
  assert.equal(unwrap(JSON.stringify({ ...entry, MESSAGE: ['a', 'b'] })).text, 'a');
});

test('a wrapping within a wrapping is text', () => {
  const inner = '2026-08-11T00:04:09.1Z stdout F text';
  assert.equal(unwrap(`2026-08-11T00:04:09.1Z stdout F ${inner}`).text, inner);
});

test('the time it takes grows with the length of the line, whatever is in it', () => {
  const starts = [
    '',
    'Aug 11 00:04:09 ',
    '2026-08-11T00:04:09.1Z ',
    '2026-08-11T00:04:09.1Z stdout F:',
    '[',
    '{"log":"',
    '{"MESSAGE":"","__REALTIME_TIMESTAMP":',
  ];
  for (const start of starts) {
    for (const part of ['a', ':', 'a:', ' ', 'a b', '[1]', '\\', '"', '1.']) {
      const line = start + part.repeat((1 << 20) / part.length);
      const startedMs = performance.now();
      unwrap(line);
      assert.ok(performance.now() - startedMs < 1000, start + part);
    }
  }
});

test('a message of lists within lists is no text, however deep they go', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  assert.equal(unwrap(`{"__REALTIME_TIMESTAMP":"1786406401512000","MESSAGE":${deep}}`).text, '');
  const twice = '{"__REALTIME_TIMESTAMP":"1786406401512000","MESSAGE":[[79,107],[1]]}';
  assert.equal(unwrap(twice).text, 'Ok');
});
