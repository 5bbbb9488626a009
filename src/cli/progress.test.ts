import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { createProgress, type Progress } from './progress.ts';

/** A progress whose clock stands still until it is told to go on. */
function start(t: TestContext, isTTY: boolean) {
  let nowMs = 0;
  let text = '';
  t.mock.method(performance, 'now', () => nowMs);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const progress: Progress = createProgress(Object.assign(sink, { isTTY }));
  return { progress, text: () => text, pass: (ms: number) => void (nowMs += ms) };
}

test('on a terminal one line changes five times a second, and is gone at the end', (t) => {
  const { progress, text, pass } = start(t, true);
  progress.tell(() => 'too soon');
  pass(200);
  progress.tell(() => 'one');
  progress.tell(() => 'too soon');
  pass(200);
  progress.tell(() => 'two');
  progress.end();
  progress.end();
  assert.equal(text(), '\r\u001b[Kone\r\u001b[Ktwo\r\u001b[K');
});

test('in a log a line comes now and then, and stays', (t) => {
  const { progress, text, pass } = start(t, false);
  pass(4999);
  progress.tell(() => 'too soon');
  pass(1);
  progress.tell(() => 'one');
  progress.end();
  assert.equal(text(), 'one\n');
});
