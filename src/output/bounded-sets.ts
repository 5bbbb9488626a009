const HOUR_MS = 3_600_000;

type Texts = Readonly<Record<string, string>>;

/**
 * Lets so many different sets of labels through within an hour, and another instead of those beyond.
 * Each set costs a store memory and an index, and an attacker chooses what alerts say.
 */
export function boundedSets(
  setsMax: number,
): (labels: Texts, instead: Texts, nowMs: number) => Texts {
  const known = new Set<string>();
  let sinceMs = Number.NEGATIVE_INFINITY;
  return (labels, instead, nowMs) => {
    if (nowMs - sinceMs >= HOUR_MS) {
      known.clear();
      sinceMs = nowMs;
    }
    const key = JSON.stringify(labels);
    if (known.size >= setsMax && !known.has(key)) return instead;
    known.add(key);
    return labels;
  };
}
