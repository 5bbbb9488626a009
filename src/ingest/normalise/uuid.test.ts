import assert from 'node:assert/strict';
import { test } from 'node:test';
import { senderUuid, uuidV7 } from './uuid.ts';

test('a new uuid is version 7, variant 10, and begins with the time', () => {
  const nowMs = Date.parse('2096-01-01T00:00:00Z');
  const uuid = uuidV7(nowMs);
  assert.match(uuid, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16), nowMs);
});

test('new uuids rise strictly, through a full millisecond and a clock that goes back', () => {
  const startMs = Date.parse('2097-01-01T00:00:00Z');
  const uuids = Array.from({ length: 10_000 }, (_, i) => uuidV7(startMs - (i % 3)));
  uuids.push(uuidV7(startMs - 60_000), uuidV7(startMs + 1));
  assert.deepEqual(uuids, [...new Set(uuids)].sort());
});

test("a sender's uuid is kept in lower case when it is one", () => {
  const uuid = '6D1F3B0E-6C0E-4E0C-9F55-0D8F5B9F7A11';
  assert.equal(senderUuid(uuid), uuid.toLowerCase());
  for (const none of [
    undefined,
    5,
    '',
    'x',
    uuid.replaceAll('-', ''),
    `${uuid}\n`,
    `{${uuid}}`,
    '00000000-0000-0000-0000-000000000000',
  ]) {
    assert.equal(senderUuid(none), undefined, String(none));
  }
});
