import { crc32 } from 'node:zlib';
import { Seen, type Sighting } from './seen.ts';

/**
 * Resends recognised: the same uuid, the same content, the same sender. Another alert under a known
 * uuid is no duplicate, or an attacker could hide an alert behind an earlier one of his own.
 */

export const WINDOW_MS = 15 * 60 * 1000;
const ENTRIES_MAX = 100_000;

export type Verdict = 'new' | 'duplicate' | 'reused';

/** Uuids are as `senderUuid` returns them, keys as `contentKey` does; others are never known. */
export class Duplicates {
  readonly #seen = new Seen(ENTRIES_MAX);

  /** `reused`: the uuid is known with other content. */
  judge(uuid: string, key: string, sender: string, nowMs: number): Verdict {
    const sighting = sightingOf(uuid, key, sender, nowMs);
    const row = sighting && this.#seen.find(sighting.uuid);
    if (row === undefined || nowMs - this.#seen.atMs(row) > WINDOW_MS) return 'new';
    if (!this.#seen.hasKey(row, sighting!.key)) return 'reused';
    return this.#seen.hasSender(row, sighting!.sender) ? 'duplicate' : 'new';
  }

  /** Only what is on disk counts as seen: a refused alert is sent again, and must be let in. */
  remember(uuid: string, key: string, sender: string, nowMs: number): void {
    const sighting = sightingOf(uuid, key, sender, nowMs);
    if (sighting === undefined) return;
    this.#seen.forgetBefore(nowMs - WINDOW_MS);
    this.#seen.push(sighting);
  }

  /** What an earlier run of the hub remembered, the newest first. False: there is room for no more. */
  recall(uuid: string, key: string, sender: string, atMs: number): boolean {
    const sighting = sightingOf(uuid, key, sender, atMs);
    return sighting === undefined || this.#seen.unshift(sighting);
  }
}

const HEX_DIGITS = 32;
const uuidWords = new Uint32Array(4);
const keyWords = new Uint32Array(4);
const uuidBytes = Buffer.from(uuidWords.buffer);
const keyBytes = Buffer.from(keyWords.buffer);

/** In memory that the next one uses again. */
function sightingOf(uuid: string, key: string, sender: string, atMs: number): Sighting | undefined {
  const digits = uuid.replaceAll('-', '');
  if (!isHex(digits, uuidBytes) || !isHex(key, keyBytes)) return undefined;
  return { uuid: uuidWords, key: keyWords, sender: crc32(sender), atMs };
}

/** Whether it is 16 bytes in hexadecimal digits, which are read into `bytes`. */
function isHex(digits: string, bytes: Buffer): boolean {
  return digits.length === HEX_DIGITS && bytes.write(digits, 'hex') === bytes.length;
}
