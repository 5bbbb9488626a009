import type { SingleResult } from './define.ts';

/**
 * What goes over a stream whose receiver settles it by number, and says how much it takes: keeps the
 * order, and never has more under way than there is credit for.
 */
export interface Outbox<Item> {
  /** Resolves, never rejects, when the item is settled. It waits while there is no credit. */
  add(item: Item): Promise<SingleResult>;
  /** What became of one that is under way. */
  settle(seq: number, result: SingleResult): void;
  /** The receiver has all that are under way up to this one, and takes so many more. */
  acknowledge(throughSeq: number, credit: number): void;
  /** The credit given last; undefined before there was any. */
  credit(): number | undefined;
  /** Settles everything that is not settled yet, and what is added later, in the same way. */
  close(result: SingleResult): void;
}

interface Pending<Item> {
  readonly item: Item;
  readonly settle: (result: SingleResult) => void;
}

/** @param write Sends an item under its number; the numbers ascend from 1. */
export function createOutbox<Item>(write: (seq: number, item: Item) => void): Outbox<Item> {
  const waiting: Pending<Item>[] = [];
  /** What is under way, by number; the keys ascend. */
  const sent = new Map<number, Pending<Item>>();
  let lastSeq = 0;
  let credit: number | undefined;
  let closed: SingleResult | undefined;

  function sendOn(): void {
    while (sent.size < (credit ?? 0)) {
      const pending = waiting.shift();
      if (pending === undefined) return;
      lastSeq += 1;
      sent.set(lastSeq, pending);
      write(lastSeq, pending.item);
    }
  }

  function settle(seq: number, result: SingleResult): void {
    sent.get(seq)?.settle(result);
    sent.delete(seq);
  }

  return {
    add(item) {
      if (closed !== undefined) return Promise.resolve(closed);
      const { promise, resolve } = Promise.withResolvers<SingleResult>();
      waiting.push({ item, settle: resolve });
      sendOn();
      return promise;
    },
    settle,
    acknowledge(throughSeq, given) {
      for (const seq of sent.keys()) {
        if (seq > throughSeq) break;
        settle(seq, { outcome: 'delivered' });
      }
      credit = given;
      sendOn();
    },
    credit: () => credit,
    close(result) {
      closed ??= result;
      for (const pending of [...sent.values(), ...waiting.splice(0)]) pending.settle(closed);
      sent.clear();
    },
  };
}
