import assert from 'node:assert/strict';
import test from 'node:test';
import { retryError } from './http-error.ts';
import { stateful } from './stateful.ts';

const { signal } = new AbortController();

test('what an attempt learned is still known after one that failed', async () => {
  let attempts = 0;
  const connection = stateful(() => {
    attempts += 1;
    if (attempts === 1) throw retryError('network', 'network', 'connection refused');
    return Promise.resolve({ outcome: 'delivered' });
  });
  assert.deepEqual(await connection.send([], { signal }), {
    outcome: 'retry',
    reason: 'network',
    detail: 'connection refused',
  });
  assert.deepEqual(await connection.send([], { signal }), { outcome: 'delivered' });
  assert.equal(attempts, 2);
});
