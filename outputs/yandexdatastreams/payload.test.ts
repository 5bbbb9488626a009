import assert from 'node:assert/strict';
import test from 'node:test';
import { streamName } from './payload.ts';

test('a stream has its whole name', () => {
  assert.equal(streamName({ stream: '/ru-central1/f/d/falco ' }), '/ru-central1/f/d/falco');
});
