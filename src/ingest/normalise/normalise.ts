import { VerbatimDocument } from '../verbatim.ts';
import type { NormaliseContext, NormaliseResult } from './falco.ts';
import { normaliseFalco } from './falco.ts';
import { normaliseVerbatim } from './verbatim.ts';

/** Makes an alert of a document as the doors read it: parsed, or in Falco's own form. */
export function normalise(document: unknown, context: NormaliseContext): NormaliseResult {
  if (!(document instanceof VerbatimDocument)) return normaliseFalco(document, context);
  const result = normaliseVerbatim(document.parts, context);
  if (result === undefined) return normaliseFalco(document.parsed(), context);
  return { ok: true, ...result, ...UNCHANGED };
}

/** Only a document with an id, or with something to mend, is not kept as it came. */
const UNCHANGED = { uuidFromSender: false, truncated: false, notes: [] } as const;
