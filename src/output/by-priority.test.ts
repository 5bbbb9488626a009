import assert from 'node:assert/strict';
import test from 'node:test';
import { fromPriority } from './by-priority.ts';

test('a value holds up to the next priority that has another', () => {
  assert.deepEqual(fromPriority({ debug: 0, informational: 1, warning: 2, alert: 3 }), {
    emergency: 3,
    alert: 3,
    critical: 2,
    error: 2,
    warning: 2,
    notice: 1,
    informational: 1,
    debug: 0,
  });
});
