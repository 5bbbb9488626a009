import { severityOf } from '../alert.ts';
import type { Position } from './queue.ts';

/** Positions as one number, so that a shard is a contiguous range of keys. */

export const SHARD_COUNT = 8;

/** The most severe shard that may be shed: nothing at or above Error ever is. */
export const FIRST_SHEDDABLE_SHARD = severityOf('error') + 1;

/** 7 * 2^50 + 2^50 stays below 2^53; at 10,000 alerts a second a shard lasts 3,500 years. */
export const SHARD_SIZE = 2 ** 50;

export function positionKey(shard: number, n: number): number {
  return shard * SHARD_SIZE + n;
}

/** The key below zero of a dead letter that was handed to another output stands for the same place. */
export function positionOf(key: number): Position {
  const place = Math.abs(key);
  const shard = Math.floor(place / SHARD_SIZE);
  return { shard, n: place - shard * SHARD_SIZE };
}
