import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertsWhile } from './numbered-alerts.ts';
import { createPoster } from './posting.ts';

test('a poster ends with its test, though nobody told it to, and nobody answers', async () => {
  const ends: (() => unknown)[] = [];
  const nobody = { origin: () => 'http://127.0.0.1:1' };
  const poster = createPoster({ after: (end) => void ends.push(end) }, nobody);
  const posted = poster.postEach(alertsWhile({ goesOn: true }));
  for (const end of ends) await end();
  await posted;
  assert.equal(poster.acknowledged.size, 0);
});
