/**
 * What an alert must have for an expression to be worth evaluating. If it has not, the expression
 * is certain to be false, and certain not to fail.
 */
export interface Guard {
  /** Bit n: the severity n passes. */
  readonly severities: number;
  /** Undefined: any. */
  readonly sources: ReadonlySet<string> | undefined;
  /** Undefined: any. */
  readonly rules: ReadonlySet<string> | undefined;
}

const ALL_SEVERITIES = 0xff;

/** Lets every alert through. */
export const NO_GUARD: Guard = {
  severities: ALL_SEVERITIES,
  sources: undefined,
  rules: undefined,
};

/** The guard of `a && b`. */
export function guardBoth(a: Guard, b: Guard): Guard {
  return {
    severities: a.severities & b.severities,
    sources: intersection(a.sources, b.sources),
    rules: intersection(a.rules, b.rules),
  };
}

/** The guard of `a || b`: wider than exact where the two test different things, which is safe. */
export function guardEither(a: Guard, b: Guard): Guard {
  return {
    severities: a.severities | b.severities,
    sources: a.sources && b.sources?.union(a.sources),
    rules: a.rules && b.rules?.union(a.rules),
  };
}

type Names = ReadonlySet<string> | undefined;

function intersection(a: Names, b: Names): Names {
  return a !== undefined && b !== undefined ? a.intersection(b) : (a ?? b);
}

/**
 * The routes worth trying for an alert, as words of 32 bits: bit i of word w is route 32 * w + i.
 */
export type GuardIndex = (severity: number, source: string, rule: string) => readonly number[];

/** Three look-ups and an `and` per 32 routes, however many routes test for a source or a rule. */
export function indexGuards(guards: readonly Guard[]): GuardIndex {
  const bySeverity = Array.from({ length: 8 }, (_, severity) =>
    bits(guards, (guard) => ((guard.severities >> severity) & 1) === 1),
  );
  const bySource = indexNames(guards, (guard) => guard.sources);
  const byRule = indexNames(guards, (guard) => guard.rules);
  return (severity, source, rule) => {
    const sources = bySource(source);
    const rules = byRule(rule);
    return bySeverity[severity]!.map((word, at) => word & sources[at]! & rules[at]!);
  };
}

function indexNames(
  guards: readonly Guard[],
  namesOf: (guard: Guard) => Names,
): (name: string) => readonly number[] {
  const named = new Set(guards.flatMap((guard) => [...(namesOf(guard) ?? [])]));
  const unguarded = bits(guards, (guard) => namesOf(guard) === undefined);
  const byName = new Map<string, readonly number[]>();
  for (const name of named) {
    byName.set(
      name,
      bits(guards, (guard) => namesOf(guard)?.has(name) ?? true),
    );
  }
  return byName.size === 0 ? () => unguarded : (name) => byName.get(name) ?? unguarded;
}

function bits(guards: readonly Guard[], passes: (guard: Guard) => boolean): readonly number[] {
  const words = Array.from({ length: Math.ceil(guards.length / 32) }, () => 0);
  for (const [at, guard] of guards.entries()) {
    if (passes(guard)) words[at >> 5]! |= 1 << (at & 31);
  }
  return words;
}
