/**
 * The candidate a mistyped name was most likely meant to be: the same but for upper and lower case,
 * or at most a third of its letters away (but never all of them). Undefined when nothing is near.
 */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.slice(0, NAME_LENGTH_MAX).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(Math.ceil(wanted.length / 3) + 1, wanted.length);
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.slice(0, NAME_LENGTH_MAX).toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The comparison is quadratic, and no name that people type is longer. */
const NAME_LENGTH_MAX = 64;

/** Levenshtein distance: letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(change, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
