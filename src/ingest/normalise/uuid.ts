import { randomFillSync } from 'node:crypto';

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
 * count within a millisecond (6.2, method 1), and the clock never runs back.
 */
export function uuidV7(nowMs: number): string {
  if (nowMs > lastMs || ++counter > 0xfff) {
    lastMs = Math.max(nowMs, lastMs + 1);
    counter = 0;
    const time = lastMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-`;
  }
  const tail = randomTail();
  const count = HEX[VERSION | (counter >> 8)]! + HEX[counter & 0xff]!;
  return `${prefix}${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

const TAIL_BYTES = 8;
const VARIANT = 0x80;
/** Drawn in bulk, since one call costs as much as many bytes. */
const randomness = Buffer.alloc(512 * TAIL_BYTES);
let used = randomness.length;

/** 62 random bits behind the variant, as 16 hex digits. No byte is used twice. */
function randomTail(): string {
  if (used === randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  const start = used;
  used += TAIL_BYTES;
  randomness[start] = VARIANT | (randomness[start]! & 0x3f);
  return randomness.toString('hex', start, used);
}
