import type { ItemResult } from '../admission.ts';
import { DocumentError } from '../body.ts';

/** The answer to a batch. */
export interface Tally {
  accepted: number;
  duplicate: number;
  readonly rejected: {
    /** 0-based place among the body's documents. */
    readonly index: number;
    /** 1-based line of the body, for a line that is no JSON. */
    readonly line?: number;
    readonly code: string;
    readonly message: string;
  }[];
}

/** `items`: what admission said of the documents that are values, in order. */
export function tallyOf(documents: readonly unknown[], items: readonly ItemResult[]): Tally {
  const tally: Tally = { accepted: 0, duplicate: 0, rejected: [] };
  let next = 0;
  for (const [index, document] of documents.entries()) {
    if (document instanceof DocumentError) {
      const { line, code, message } = document;
      tally.rejected.push({ index, line, code, message });
      continue;
    }
    const item = items[next++]!;
    if (item.outcome === 'rejected') {
      tally.rejected.push({ index, code: item.code, message: item.message });
    } else {
      tally[item.outcome] += 1;
    }
  }
  return tally;
}
