import { AgentDocument } from '../agents/agent-document.ts';
import { VerbatimDocument } from '../verbatim.ts';
import { type NormaliseContext, normaliseFalco, type NormaliseResult } from './falco.ts';
import { normaliseVerbatim } from './verbatim.ts';

/** Makes an alert of a document as the doors read it: parsed, or in Falco's or another's form. */
export function normalise(document: unknown, context: NormaliseContext): NormaliseResult {
  if (document instanceof AgentDocument) return normaliseAgent(document, context);
  if (!(document instanceof VerbatimDocument)) return normaliseFalco(document, context);
  const result = normaliseVerbatim(document.parts, context);
  if (result === undefined) return normaliseFalco(document.parsed(), context);
  return { ok: true, ...result, ...UNCHANGED };
}

function normaliseAgent({ document, notes }: AgentDocument, context: NormaliseContext) {
  const result = normaliseFalco(document, context);
  return result.ok ? { ...result, notes: [...notes, ...result.notes] } : result;
}

/** Only a document with an id, or with something to mend, is not kept as it came. */
const UNCHANGED = { uuidFromSender: false, truncated: false, notes: [] } as const;
