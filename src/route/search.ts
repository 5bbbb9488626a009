/** Whether one text is in another, at a cost that can be told beforehand: both may be an attacker's. */

/** Up to here the engine's own search is as quick as one pass, whatever the texts. */
const PART_CHARS_MAX = 16;
/** Or so little that it does not matter: places of the text times characters of the part. */
const PRODUCT_MAX = 16_384;

/** What `includes` costs at most, in steps of some 100 ns. */
export function searchSteps(text: string, part: string): number {
  if (part.length > text.length) return 0;
  // Characters compared at a place: what comes with it costs as much as eight.
  const compared = Math.min(Math.max(part.length, 8), PART_CHARS_MAX);
  return (text.length * compared) / 192 + part.length / 12;
}

/**
 * V8 compares every character of the part at every place of the text where both are made for it, which
 * takes 7 ms and more for the largest fields. There the text is read once, by Knuth, Morris and Pratt.
 */
export function includes(text: string, part: string): boolean {
  if (part.length > text.length) return false;
  const isQuick = part.length <= PART_CHARS_MAX || text.length * part.length <= PRODUCT_MAX;
  return isQuick ? text.includes(part) : isFoundInOnePass(text, part);
}

function isFoundInOnePass(text: string, part: string): boolean {
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    matched = extend(part, borders, matched, text.charCodeAt(at));
    if (matched === part.length) return true;
  }
  return false;
}

/** For each beginning of the part: how long the longest shorter one is that it ends with. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  let matched = 0;
  for (let at = 1; at < part.length; at += 1) {
    matched = extend(part, borders, matched, part.charCodeAt(at));
    borders[at] = matched;
  }
  return borders;
}

/** How much of the part is matched when `unit` comes after `matched` of it. */
function extend(part: string, borders: Int32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && part.charCodeAt(length) !== unit) length = borders[length - 1]!;
  return part.charCodeAt(length) === unit ? length + 1 : length;
}
