import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../test/support/random.ts';
import { Seen, type Sighting } from './seen.ts';

const CAPACITY = 8;

function sighting(number: number, atMs: number): Sighting {
  const uuid = Uint32Array.of(number, 0, 0, number);
  return { uuid, key: Uint32Array.of(atMs, 1, 2, 3), sender: number, atMs };
}

/** The same as a list, the oldest first; one that came again leaves a hole. */
class Model {
  rows: { number: number; atMs: number; isGone: boolean }[] = [];

  find(number: number): number | undefined {
    return this.rows.find((row) => row.number === number && !row.isGone)?.atMs;
  }

  push(number: number, atMs: number): void {
    for (const row of this.rows) if (row.number === number) row.isGone = true;
    if (this.rows.length === CAPACITY) this.rows.shift();
    this.rows.push({ number, atMs, isGone: false });
  }

  unshift(number: number, atMs: number): void {
    if (this.find(number) !== undefined || this.rows.length === CAPACITY) return;
    this.rows.unshift({ number, atMs, isGone: false });
  }

  forgetBefore(atMs: number): void {
    while (this.rows[0] !== undefined && (this.rows[0].isGone || this.rows[0].atMs < atMs)) {
      this.rows.shift();
    }
  }
}

test('it knows what a list of the newest would know, whatever comes in whatever order', () => {
  const random = new Random(7);
  const seen = new Seen(CAPACITY);
  const model = new Model();
  for (let step = 0; step < 20_000; step += 1) {
    const number = random.below(20);
    const choice = random.next();
    if (choice < 0.6) {
      seen.push(sighting(number, step));
      model.push(number, step);
    } else if (choice < 0.8) {
      seen.unshift(sighting(number, step));
      model.unshift(number, step);
    } else if (choice < 0.85) {
      seen.forgetBefore(step - 10);
      model.forgetBefore(step - 10);
    }
    for (let one = 0; one < 20; one += 1) {
      const row = seen.find(sighting(one, 0).uuid);
      const atMs = row === undefined ? undefined : seen.atMs(row);
      assert.equal(atMs, model.find(one), `step ${step}, number ${one}`);
      if (row === undefined) continue;
      assert.ok(seen.hasSender(row, one) && !seen.hasSender(row, one + 1));
      assert.ok(seen.hasKey(row, sighting(one, seen.atMs(row)).key));
      assert.ok(!seen.hasKey(row, sighting(one, step + 1).key));
    }
  }
});
