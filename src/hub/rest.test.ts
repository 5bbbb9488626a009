import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { restWhenQuiet } from './rest.ts';

const MIB = 1024 * 1024;

/** A process whose load and heap the test decides. */
function start(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const state = { nowMs: 0, cpuMs: 0, heapBytes: 30 * MIB, given: 0 };
  const stop = restWhenQuiet({
    nowMs: () => state.nowMs,
    cpuMs: () => state.cpuMs,
    heapBytes: () => state.heapBytes,
    giveBack() {
      state.given += 1;
      state.heapBytes = 20 * MIB;
    },
  });
  function pass(ms: number, share: number): void {
    state.nowMs += ms;
    state.cpuMs += ms * share;
    t.mock.timers.tick(ms);
  }
  return { state, stop, pass };
}

test('a start gives back as soon as it has become quiet', (t) => {
  const { state, pass } = start(t);
  pass(500, 0.9);
  pass(500, 0.9);
  assert.equal(state.given, 0, 'it still works');
  pass(500, 0.1);
  assert.equal(state.given, 1);
});

test('what a burst takes is given back in a quiet minute, and nothing is done for less', (t) => {
  const { state, pass } = start(t);
  pass(500, 0);
  state.heapBytes += 7 * MIB;
  pass(60_000, 0);
  assert.equal(state.given, 1, 'not worth it');
  state.heapBytes += 2 * MIB;
  pass(60_000, 0.05);
  assert.equal(state.given, 1, 'alerts come');
  pass(60_000, 0.001);
  assert.equal(state.given, 2);
});

test('a heap that stays as large is not collected again and again', (t) => {
  const { state, pass } = start(t);
  pass(500, 0);
  for (let minute = 0; minute < 5; minute += 1) pass(60_000, 0);
  assert.equal(state.given, 1);
});

test('nothing is given back after the end', (t) => {
  const { state, stop, pass } = start(t);
  stop();
  pass(60_000, 0);
  assert.equal(state.given, 0);
});
