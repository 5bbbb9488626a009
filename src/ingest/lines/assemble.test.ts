import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Assembler } from './assemble.ts';
import type { UnwrappedLine } from './line.ts';
import { Room } from './room.ts';

function line(text: string, isPart = false, stream = 'stdout'): UnwrappedLine {
  return { text, isPart, stream, hostname: '' };
}

/** What it gave out for lines that begin at 0, 10, 20 … */
function run(lines: readonly UnwrappedLine[], charsMax = 100): unknown[] {
  const assembler = new Assembler({ charsMax });
  return lines.map((one, at) => {
    const whole = assembler.add(one, at * 10, 0);
    return typeof whole === 'object' ? [whole.text, whole.startsAt] : whole;
  });
}

suite('lines are put together', () => {
  test('from their parts, each stream by itself, and begin where their first part does', () => {
    const given = run([
      line('whole'),
      line('a', true),
      line('x', true, 'stderr'),
      line('b', true),
      line('y', false, 'stderr'),
      line('c'),
      line('last'),
    ]);
    const gone = undefined;
    assert.deepEqual(given, [
      ['whole', 0],
      gone,
      gone,
      gone,
      ['xy', 20],
      ['abc', 10],
      ['last', 60],
    ]);
  });

  test('up to a bound; what comes next is not touched by what was too long', () => {
    const parts = [line('12345', true), line('12345', true), line('x'), line('y')];
    assert.deepEqual(run(parts, 10), [undefined, undefined, 'too_long', ['y', 30]]);
  });

  test('and empty parts without end take no room without end', () => {
    const assembler = new Assembler({ charsMax: 1000 });
    for (let at = 0; at < 10_000; at += 1) assembler.add(line('', true), at, 0);
    assert.equal(assembler.add(line(''), 0, 0), 'too_long');
  });
});

suite('a line that is not ended', () => {
  test('holds its place until then', () => {
    const assembler = new Assembler({ charsMax: 100 });
    assert.equal(assembler.oldestStart(), undefined);
    assembler.add(line('a', true), 7, 0);
    assembler.add(line('b', true, 'stderr'), 9, 0);
    assert.equal(assembler.oldestStart(), 7);
    assembler.add(line('a'), 20, 0);
    assert.equal(assembler.oldestStart(), 9);
  });

  test('is given out as it is after half a minute, or when its source ends', () => {
    const assembler = new Assembler({ charsMax: 100 });
    assembler.add(line('a', true), 7, 1000);
    assert.deepEqual(assembler.giveUp(31_000), []);
    const [given] = assembler.giveUp(31_001);
    assert.deepEqual(given, { ...line('a'), startsAt: 7 });
    assembler.add(line('b', true), 8, 31_001);
    assert.equal(assembler.giveUp().length, 1);
    assert.equal(assembler.oldestStart(), undefined);
  });

  test('gives way where there are too many of them', () => {
    const assembler = new Assembler({ charsMax: 100 });
    for (let at = 0; at < 20; at += 1) assembler.add(line('a', true, `${at}`), at, 0);
    assert.equal(assembler.giveUp(1).length, 4);
    assert.equal(assembler.oldestStart(), 4);
  });
});

suite('room that many share', () => {
  test('goes to no one for good: who has most gives way, and small lines stay whole', () => {
    const room = new Room(10_000);
    const small = new Assembler({ charsMax: 5000, room });
    const greedy = Array.from({ length: 50 }, () => new Assembler({ charsMax: 5000, room }));
    small.add(line('a'.repeat(100), true), 0, 0);
    for (let part = 0; part < 40; part += 1) {
      for (const one of greedy) one.add(line('x'.repeat(100), true), part, 0);
      assert.ok(room.taken() <= 10_000);
    }
    const whole = small.add(line('b'), 1, 0);
    assert.equal(typeof whole === 'object' && whole.text, `${'a'.repeat(100)}b`);
    const ends = greedy.flatMap((one) => one.giveUp());
    assert.equal(ends.length, 50);
    assert.ok(ends.filter((one) => one === 'no_room').length >= 45);
    assert.equal(room.taken(), 0);
  });

  test('is free again when a line was too long, or its parts are left', () => {
    const room = new Room(1000);
    const assembler = new Assembler({ charsMax: 100, room });
    assembler.add(line('x'.repeat(60), true), 0, 0);
    assert.equal(room.taken(), 61);
    assembler.add(line('x'.repeat(60), true), 1, 0);
    assert.equal(room.taken(), 0);
    assert.equal(assembler.add(line('end'), 2, 0), 'too_long');
    assert.equal(room.taken(), 0);
  });

  test('a line of very many parts is whole', () => {
    const assembler = new Assembler({ charsMax: 10_000 });
    for (let part = 0; part < 1000; part += 1) assembler.add(line(`${part} `, true), part, 0);
    const whole = assembler.add(line('end'), 1000, 0);
    const numbers = Array.from({ length: 1000 }, (_, part) => `${part} `).join('');
    assert.equal(typeof whole === 'object' && whole.text, `${numbers}end`);
  });
});
