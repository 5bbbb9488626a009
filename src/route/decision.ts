import type { RoutePlan } from './plan.ts';

/** Who gets an alert. */
export interface Decision {
  /** Names, each once, in the order they came up. */
  readonly outputs: readonly string[];
  /** No route took it, or an expression failed on it, so that it went by `unrouted`, too. */
  readonly unrouted: boolean;
  /** The routes whose expression failed on it, by their place in the configuration. */
  readonly failed: readonly number[];
}

/** The routes that took an alert and those that failed on it, by their place. */
export interface Verdicts {
  readonly matched: readonly number[];
  readonly failed: readonly number[];
}

/**
 * Puts together what the routes said. One that matched takes the alert even if no output is left
 * above its minimumPriority.
 */
export function decide(
  { routes, unrouted }: RoutePlan['chosen'],
  severity: number,
  { matched, failed }: Verdicts,
): Decision {
  const isUnrouted = matched.length === 0 || failed.length > 0;
  const outputs = new Set(matched.flatMap((at) => routes[at]![severity]!));
  if (isUnrouted) for (const name of unrouted[severity]!) outputs.add(name);
  return { outputs: [...outputs], unrouted: isUnrouted, failed };
}
