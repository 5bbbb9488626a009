import assert from 'node:assert/strict';
import test from 'node:test';
import { archiveStamp, isArchive } from './archives.ts';

test('archives are told from other files by their whole name', () => {
  assert.equal(archiveStamp(0), '19700101T000000.000Z');
  assert.ok(isArchive('a.log', 'a.log.20261122T105735.123Z'));
  assert.ok(isArchive('a.log', 'a.log.20261122T105735.123Z.gz'));
  for (const name of ['a.log', 'a.log.1', 'b.log.20261122T105735.123Z', 'a.log.20261122T105735Z']) {
    assert.ok(!isArchive('a.log', name), name);
  }
});
