import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's collector as its extension `gc` shows it: https://v8.dev/docs, src/extensions/gc-extension.cc. */
type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/**
 * Collects all garbage of this thread, closes the gaps in its heap and gives the pages that are free
 * then back to the system. V8 does it by itself only when memory runs out, and holds what a start or a
 * burst has taken until then. It blocks the thread, a hub's for some 80 ms: for when nothing comes.
 */
export function giveBack(): void {
  // Only contexts that are made meanwhile have the function, and this one ends with the call.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('globalThis.gc') as Collect | undefined;
  setFlagsFromString('--no-expose-gc');
  // Nothing is worth more than the hub: where V8 has no such function any more, memory stays taken.
  collect?.({ type: 'major', flavor: 'last-resort' });
}
