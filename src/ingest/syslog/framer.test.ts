import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { Random } from '../../../test/support/random.ts';
import { Framer } from './framer.ts';

const BYTES_MAX = 4096;
const COUNTED = readFileSync(
  new URL('../../../test/data/syslog/octet-counted.bin', import.meta.url),
);

/** What comes of a stream that arrives in pieces. */
function framed(bytes: Buffer, pieceBytes: () => number, bytesMax = BYTES_MAX) {
  const framer = new Framer(bytesMax);
  const messages: string[] = [];
  let tooLong = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = at + pieceBytes();
    const frames = framer.push(bytes.subarray(at, end));
    messages.push(...frames.messages);
    tooLong += frames.tooLong;
    at = end;
  }
  messages.push(...framer.end().messages);
  return { messages, tooLong };
}

suite('a stream of syslog', () => {
  const long = 'x'.repeat(BYTES_MAX + 1);
  const cases: Readonly<Record<string, readonly [string, readonly string[], number?]>> = {
    'lines, the last without its end': ['<1>a\n<2>b\r\n\n<3>c', ['<1>a', '<2>b', '<3>c']],
    'lines that end with NUL': ['<1>a\0<2>b\0', ['<1>a', '<2>b']],
    'counted messages': ['4 <1>a5 <2>bc7 <3>\nd\n\n', ['<1>a', '<2>bc', '<3>\nd']],
    'counted and lines in turn': ['4 <1>a<2>b\n4 <3>c', ['<1>a', '<2>b', '<3>c']],
    'a line that begins with a digit': ['2026-08-11 a\n12b\n', ['2026-08-11 a', '12b']],
    'a line that is too long': [`${long}\n<1>a\n`, ['<1>a'], 1],
    'a line that is too long at the end': [long, [], 1],
    'a counted message that is too long': [`${long.length} ${long}4 <1>a`, ['<1>a'], 1],
    'a counted message that is cut short': ['4 <1>a9 <2>', ['<1>a']],
    'a count without end': [`${'9'.repeat(20)} <1>a\n`, [`${'9'.repeat(20)} <1>a`]],
  };
  for (const [what, [text, messages, tooLong = 0]] of Object.entries(cases)) {
    for (const pieces of [1, 2, 7, 100_000]) {
      test(`${what}, in pieces of ${pieces}`, () => {
        const read = framed(Buffer.from(text), () => pieces);
        assert.deepEqual(read, { messages, tooLong });
      });
    }
  }

  test('the corpus, however it is cut', () => {
    const whole = framed(COUNTED, () => COUNTED.length).messages;
    assert.equal(whole.length, 5);
    const random = new Random(3);
    for (let round = 0; round < 200; round += 1) {
      const read = framed(COUNTED, () => 1 + random.below(300));
      assert.deepEqual(read, { messages: whole, tooLong: 0 });
    }
  });

  test('a message that comes byte by byte takes time in proportion to its length', () => {
    const time = (length: number): number => {
      const bytes = Buffer.from(`${'x'.repeat(length)}\n`);
      const startMs = performance.now();
      assert.equal(framed(bytes, () => 1, length).messages.length, 1);
      return performance.now() - startMs;
    };
    time(20_000);
    const [short, long] = [time(20_000), time(320_000)];
    // Sixteen times as long: a quadratic one would take 256 times as much.
    assert.ok(long < Math.max(short, 2) * 100, `${short} ms, then ${long} ms`);
  });
});
