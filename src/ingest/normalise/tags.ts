import { compareByCodePoint, cut, type Cuts, textOf } from './text.ts';

const TAGS_MAX = 64;
const TAG_LENGTH_MAX = 256;
const TRUNCATED = 'truncated';

/**
 * The configured tags and the sender's: strings and numbers, trimmed, each once, in Go's order, at
 * most 64. (Falcosidekick keeps duplicates; no reader wants them.) The configured come first, so
 * that no sender can crowd them out. A single tag need not be in a list.
 */
export function readTags(sent: unknown, custom: readonly string[], cuts: Cuts): readonly string[] {
  if (custom.length === 0 && isInOrder(sent)) return sent;
  const tags = new Set(custom);
  for (const item of Array.isArray(sent) ? sent : [sent]) {
    const tag = typeof item === 'boolean' ? '' : cut(textOf(item).trim(), TAG_LENGTH_MAX, cuts);
    if (tag === '' || tags.has(tag)) continue;
    if (tags.size >= TAGS_MAX) {
      cuts.truncated = true;
      break;
    }
    tags.add(tag);
  }
  return [...tags].sort(compareByCodePoint);
}

/** What Falco sends: nothing is left to do. */
function isInOrder(sent: unknown): sent is readonly string[] {
  if (!Array.isArray(sent) || sent.length > TAGS_MAX) return false;
  let previous = '';
  for (const tag of sent) {
    if (typeof tag !== 'string' || tag.length > TAG_LENGTH_MAX || tag !== tag.trim()) return false;
    if (compareByCodePoint(previous, tag) >= 0) return false;
    previous = tag;
  }
  return true;
}

/** Says on the alert itself that something was cut; the last tag makes room when there is none. */
export function withTruncatedTag(tags: readonly string[]): readonly string[] {
  if (tags.includes(TRUNCATED)) return tags;
  return [...tags.slice(0, TAGS_MAX - 1), TRUNCATED].sort(compareByCodePoint);
}
