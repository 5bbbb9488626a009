import assert from 'node:assert/strict';
import test from 'node:test';
import { oneAtATime } from './one-at-a-time.ts';

const never = new AbortController().signal;

test('work runs in order, one piece after the other', async () => {
  const inTurn = oneAtATime();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn(never, async () => {
    log.push('first begins');
    await gate.promise;
    log.push('first ends');
  });
  const second = inTurn(never, async () => log.push('second'));
  gate.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(log, ['first begins', 'first ends', 'second']);
});

test('an aborted caller stops waiting, and the next one waits for the work that went on', async () => {
  const inTurn = oneAtATime();
  const gate = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const stuck = new AbortController();
  let done = false;
  const first = inTurn(stuck.signal, async () => {
    began.resolve();
    await gate.promise;
    done = true;
  });
  await began.promise;
  stuck.abort(new Error('deadline'));
  await assert.rejects(first, /deadline/);
  const second = inTurn(never, async () => done);
  gate.resolve();
  assert.equal(await second, true);
});

test('work whose caller gave up before its turn never begins', async () => {
  const inTurn = oneAtATime();
  const gate = Promise.withResolvers<void>();
  const first = inTurn(never, () => gate.promise);
  const impatient = new AbortController();
  let began = false;
  const second = inTurn(impatient.signal, async () => {
    began = true;
  });
  impatient.abort(new Error('deadline'));
  await assert.rejects(second, /deadline/);
  gate.resolve();
  await first;
  await inTurn(never, async () => {});
  assert.equal(began, false);
});

test('a failure reaches its caller and does not stop the next', async () => {
  const inTurn = oneAtATime();
  await assert.rejects(
    inTurn(never, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await inTurn(never, async () => 'fine'), 'fine');
});
