/** Counts what is open, and refuses what is too much: of one sender, or in all. */
export interface Cap {
  /** A function that gives the place back, to be called once; undefined: there is none left. */
  take(sender: string): (() => void) | undefined;
}

export function createCap(max: { readonly perSender: number; readonly total: number }): Cap {
  const openBySender = new Map<string, number>();
  let total = 0;
  return {
    take(sender) {
      const open = openBySender.get(sender) ?? 0;
      if (total >= max.total || open >= max.perSender) return undefined;
      total++;
      openBySender.set(sender, open + 1);
      return () => {
        total--;
        const left = openBySender.get(sender)! - 1;
        if (left === 0) openBySender.delete(sender);
        else openBySender.set(sender, left);
      };
    },
  };
}
