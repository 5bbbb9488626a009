import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryWarning } from './memory.ts';

const MIB = 1024 * 1024;

test('a container with too little memory is told, with what it has and needs', () => {
  assert.match(memoryWarning(96 * MIB) ?? '', /may have 96 MiB .* needs up to 128: raise/);
});

test('enough memory, or none that anybody limits, is no matter', () => {
  for (const limit of [128 * MIB, 0, 2 ** 63]) assert.equal(memoryWarning(limit), undefined);
});
