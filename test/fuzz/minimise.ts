/** A failing input without what does not matter. */

const TRIES_MAX = 600;

/**
 * Takes parts away, large ones first, as long as the input still fails in the same way.
 *
 * @param fails Whether an input still does.
 * @param untilMs When to be content with what there is, on `performance.now()`.
 */
export async function minimise(
  input: Buffer,
  fails: (input: Buffer) => Promise<boolean>,
  untilMs: number,
): Promise<Buffer> {
  let smallest = input;
  let triesLeft = TRIES_MAX;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = nextSize(size)) {
    for (let at = 0; at < smallest.length; ) {
      if (triesLeft === 0 || performance.now() > untilMs) return smallest;
      triesLeft -= 1;
      const shorter = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (await fails(shorter)) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}

function nextSize(size: number): number {
  return size === 1 ? 0 : Math.ceil(size / 2);
}
