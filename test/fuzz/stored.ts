import assert from 'node:assert/strict';
import { normaliseFalco } from '../../src/ingest/normalise/falco.ts';
import { compileEnrichment } from '../../src/ingest/normalise/enrich.ts';
import { VerbatimDocument } from '../../src/ingest/verbatim.ts';
import { alertToJson } from '../../src/json.ts';

/** What must be in the queue after documents were taken, whichever way they took. */

/** No alert has this time: the hub puts the time of receipt in its place. */
const RECEIVED = '2001-09-09T01:46:40.001Z';
const RECEIVED_MS = Date.parse(RECEIVED);
const ANY_UUID = '{"uuid":"…"';

/** What documents are made alerts with. */
export const context = {
  nowMs: RECEIVED_MS,
  provenance: { input: 'http', agent: 'falco' },
  enrichment: compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
  }),
} as const;

export interface Expected {
  readonly texts: readonly string[];
  /** Where the sender gives ids, some alerts may be resends. */
  readonly isExact: boolean;
}

export function expectedOf(documents: readonly unknown[]): Expected {
  const texts: string[] = [];
  let isExact = true;
  for (const document of documents) {
    const parsed = document instanceof VerbatimDocument ? document.parsed() : document;
    const result = normaliseFalco(parsed, context);
    if (!result.ok) continue;
    isExact &&= !result.uuidFromSender && result.alert.time !== RECEIVED;
    texts.push(alertToJson(result.alert));
  }
  return { texts, isExact };
}

/** Fails where the queue has other alerts, or the same ones with other digits. */
export function assertStored(stored: readonly string[], { texts, isExact }: Expected): void {
  assert.ok(stored.length <= texts.length, `${stored.length} alerts of ${texts.length}`);
  if (!isExact) return;
  assert.deepEqual(stored.map(withoutUuid).sort(), texts.map(withoutUuid).sort());
}

function withoutUuid(json: string): string {
  return ANY_UUID + json.slice('{"uuid":"'.length + 36 + 1);
}
