/** In ms. */
export interface Pace {
  /** Between two looks at a file that grows; files at rest are looked at less often. */
  readonly lookMs: number;
  /** Between two looks for files. */
  readonly findMs: number;
  /** A file that has lost its name is read until nothing was added for so long. */
  readonly movedMs: number;
}

export const PACE: Pace = { lookMs: 200, findMs: 2000, movedMs: 300_000 };

/** Looks between which a file at rest waits, compared with one that grows. */
const REST_LOOKS_MAX = 10;

/** How long a file at rest waits for the next look, when it has waited so long before. */
export function restMsAfter(restMs: number, { lookMs }: Pace): number {
  return Math.min(lookMs * REST_LOOKS_MAX, Math.max(lookMs, restMs * 1.5));
}
