import type { ItemResult } from '../admission.ts';
import { DocumentError } from '../body.ts';

/** What is kept of a body while its alerts are stored: the documents themselves are garbage then. */
export interface Outline {
  readonly single: boolean;
  readonly count: number;
  /** What is no document, by its place among them. */
  readonly errors: ReadonlyMap<number, DocumentError>;
}

/** The answer to a batch. */
export interface Tally {
  accepted: number;
  duplicate: number;
  readonly rejected: {
    /** 0-based place among the body's documents. */
    readonly index: number;
    /** 1-based line of the body, for a line that is no JSON. */
    readonly line?: number | undefined;
    readonly code: string;
    readonly message: string;
  }[];
}

const NO_ERRORS: Outline['errors'] = new Map();

export function outlineOf(single: boolean, documents: readonly unknown[]): Outline {
  if (single && !(documents[0] instanceof DocumentError)) {
    return { single, count: documents.length, errors: NO_ERRORS };
  }
  const errors = new Map<number, DocumentError>();
  documents.forEach((one, index) => {
    if (one instanceof DocumentError) errors.set(index, one);
  });
  return { single, count: documents.length, errors };
}

/** `items`: what admission said of the documents that are none of the errors, in order. */
export function tallyOf({ count, errors }: Outline, items: readonly ItemResult[]): Tally {
  const tally: Tally = { accepted: 0, duplicate: 0, rejected: [] };
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const error = errors.get(index);
    if (error !== undefined) {
      const { line, code, message } = error;
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
