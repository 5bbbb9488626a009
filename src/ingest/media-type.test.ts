import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaType } from './media-type.ts';

for (const [contentType, type] of [
  [undefined, ''],
  ['', ''],
  ['; charset=utf-8', ''],
  ['application/json', 'application/json'],
  [' Application/JSON ; charset=utf-8; a=b', 'application/json'],
] as const) {
  test(`${contentType} is ${type === '' ? 'no type' : type}`, () => {
    assert.equal(mediaType(contentType), type);
  });
}
