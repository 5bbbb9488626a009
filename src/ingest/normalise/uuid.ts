import { randomUUID } from 'node:crypto';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** RFC 9562, 5.9: "no such value here". */
const NIL = '00000000-0000-0000-0000-000000000000';

/** A sender's UUID in lower case; undefined when it sent none. */
export function senderUuid(value: unknown): string | undefined {
  return typeof value === 'string' && UUID.test(value) && value !== NIL
    ? value.toLowerCase()
    : undefined;
}

const HEX = Array.from({ length: 0x100 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const VERSION = 0x70;

let lastMs = 0;
let counter = 0;
/** `lastMs` as it stands in a UUID. */
let prefix = '';

/**
 * A UUID of version 7 (RFC 9562, 5.7) that sorts behind every earlier one of this process: 12 bits
 * count within a millisecond (6.2, method 1), and the clock never runs back. Its 62 random bits and
 * the variant are those of `randomUUID`, which draws its randomness in bulk.
 */
export function uuidV7(nowMs: number): string {
  if (nowMs > lastMs || ++counter > 0xfff) {
    lastMs = Math.max(nowMs, lastMs + 1);
    counter = 0;
    const time = lastMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-`;
  }
  return prefix + HEX[VERSION | (counter >> 8)]! + HEX[counter & 0xff]! + randomUUID().slice(18);
}
