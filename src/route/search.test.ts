import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { Random } from '../../test/support/random.ts';
import { includes, searchSteps } from './search.ts';

/** The largest output line and field there are, with the part that V8 takes longest to look for. */
const LONGEST = 'a'.repeat(16_384);
const SLOWEST = `${'a'.repeat(2000)}b${'a'.repeat(2095)}`;

test('it finds what V8 finds, in texts that nearly have it everywhere', () => {
  const { next } = new Random(7);
  const letters = (count: number, of: string): string =>
    Array.from({ length: count }, () => of[Math.floor(next() * of.length)]).join('');
  for (let round = 0; round < 300; round += 1) {
    const of = round % 2 === 0 ? 'ab' : 'aế\ud83d\udc1f';
    const text = letters(2000 + Math.floor(next() * 2000), of);
    const from = Math.floor(next() * 1000);
    const there = text.slice(from, from + 300 + Math.floor(next() * 700));
    const near = `${there.slice(0, -1)}b`;
    const period = letters(3, of).repeat(150);
    for (const [where, part] of [
      [text, there],
      [text, near],
      [text, text],
      [period.repeat(4), period],
      [period.repeat(4), `${period}x`],
    ] as const) {
      assert.ok(where.length * part.length > 16_384);
      assert.equal(includes(where, part), where.includes(part));
    }
  }
  assert.equal(includes('short', 'longer than it'), false);
  assert.equal(includes('short', ''), true);
});

test('no search takes longer than its steps are worth', () => {
  for (const [text, part] of [
    [LONGEST, SLOWEST],
    [LONGEST, SLOWEST.replace('b', 'é')],
    [LONGEST, 'b'.repeat(4096)],
    [LONGEST, 'aaaaaaab'],
    [LONGEST, `${'a'.repeat(7)}b${'a'.repeat(8)}`],
    [LONGEST, `${'a'.repeat(8)}b${'a'.repeat(8)}`],
    ['a'.repeat(128), `${'a'.repeat(64)}b${'a'.repeat(63)}`],
    ['a'.repeat(4096), 'ab'],
  ] as const) {
    const rounds = text === LONGEST ? 300 : 10_000;
    const startedAtMs = cpuMs();
    for (let round = 0; round < rounds; round += 1) includes(`${text}${round}`, part);
    const nsPerStep = ((cpuMs() - startedAtMs) * 1e6) / rounds / searchSteps(text, part);
    // Ten times as much as on a quiet machine, and a tenth of what the slowest took before.
    assert.ok(nsPerStep < 1500, `${Math.round(nsPerStep)} ns a step`);
  }
  assert.ok(searchSteps(LONGEST, SLOWEST) < 3000);
});
