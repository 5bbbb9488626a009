import type { GrowingInput, Parser } from './parser.ts';

/** How what a parser takes grows with its input. */

/** In characters, each twice the one before. */
const SIZES = [4, 8, 16, 32, 64, 128].map((kib) => kib * 1024);
/**
 * What grows with the input takes twice as long each time, on a machine that is busy more. What grows
 * with its square takes four times as long, and a thousand times in the end: this lets 128 pass.
 */
const SLACK = 4;
/** Below this nobody can tell how it grows, nor needs to. */
const SMALL_MS = 25;
/** What the longest may take. */
const TOOK_MS_MAX = 2000;
/** What is slow once may have been interrupted. */
const TRIES = 10;

/** What is wrong with how it grows; undefined: nothing. */
export function growthFailure(parser: Parser, input: GrowingInput): string | undefined {
  let firstMs: number | undefined;
  for (const [at, chars] of SIZES.entries()) {
    const bytes = input.make(chars);
    const allowedMs = Math.max(SMALL_MS, SLACK * 2 ** at * (firstMs ?? Number.POSITIVE_INFINITY));
    const boundMs = Math.min(TOOK_MS_MAX, allowedMs);
    const tookMs = leastMs(parser, bytes, boundMs);
    if (tookMs > boundMs) {
      return `${parser.name}: ${input.what}: ${chars} characters take ${tookMs.toFixed(1)} ms, ${SIZES[0]} take ${(firstMs ?? tookMs).toFixed(2)}`;
    }
    firstMs ??= tookMs;
  }
  return undefined;
}

/**
 * On the clock, for CPU time is counted in ticks of several ms. What others do on the machine only
 * adds to it, so the least of a few tries is what the input takes.
 */
function leastMs(parser: Parser, bytes: Buffer, enoughMs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TRIES && least > enoughMs; n += 1) {
    const startedMs = performance.now();
    parser.read(bytes);
    least = Math.min(least, performance.now() - startedMs);
  }
  return least;
}
