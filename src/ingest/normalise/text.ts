import { isExactNumber } from '../../alert.ts';

/** Collects, over one alert, whether anything had to be cut. */
export interface Cuts {
  truncated: boolean;
}

/** `text` in at most `lengthMax` UTF-16 units, the last of which tells that more was there. */
export function cut(text: string, lengthMax: number, cuts: Cuts): string {
  if (text.length <= lengthMax) return text;
  cuts.truncated = true;
  // Half of a surrogate pair is no character.
  const end = isHighSurrogate(text.charCodeAt(lengthMax - 2)) ? lengthMax - 2 : lengthMax - 1;
  return `${text.slice(0, end)}…`;
}

/** The same in bytes of UTF-8. */
export function cutBytes(text: string, bytesMax: number, cuts: Cuts): string {
  // One UTF-16 unit is three bytes at most: most texts are known to fit without counting.
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax) return text;
  cuts.truncated = true;
  const room = new Uint8Array(bytesMax - Buffer.byteLength('…'));
  return `${text.slice(0, new TextEncoder().encodeInto(text, room).read)}…`;
}

/** What a field that should be text says: text itself, numbers and booleans as written, else ''. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isExactNumber(value) ? value.rawJSON : '';
}

/** Orders by code point, which is the order of the UTF-8 bytes and so Go's; `<` orders UTF-16. */
export function compareByCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitOfA = a.charCodeAt(i);
    const unitOfB = b.charCodeAt(i);
    if (unitOfA !== unitOfB) return codePointRank(unitOfA) - codePointRank(unitOfB);
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for the highest code points, above U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
