import { readAgents } from '../../src/ingest/agents/table.ts';
import type { AgentContext } from '../../src/ingest/agents/agent.ts';
import { DocumentError } from '../../src/ingest/body.ts';
import { compileEnrichment } from '../../src/ingest/normalise/enrich.ts';
import { normalise } from '../../src/ingest/normalise/normalise.ts';
import { alertToJson } from '../../src/json.ts';
import { AGENTS } from '../support/agent-settings.ts';

/** From documents to what is stored, as the doors do it. */

export const NOW_MS = 1_786_406_649_137;

export const context: AgentContext = {
  ...AGENTS,
  sender: { input: 'http', peer: '192.0.2.1' },
  nowMs: NOW_MS,
  alertsMax: 10_000,
};

const enrichment = compileEnrichment({
  customFields: { cluster: 'prod' },
  templatedFields: { short: '{{ printf "%.10s" (index . "proc.name") }}' },
  customTags: ['a'],
  bracketReplacer: '_',
  outputFieldFormat: '<timestamp>: <priority> <output> <tags>',
  attack: true,
  owners: { 'pay*': 'team' },
});

/** What a body comes to. */
export function taken(given: readonly unknown[], as: AgentContext = context): unknown {
  const read = readAgents(given, as);
  return 'status' in read ? read : stored(read);
}

export function stored(read: readonly unknown[]): unknown {
  return read.map((document) => {
    if (document instanceof DocumentError) return document;
    const provenance = { input: 'http', agent: 'falco' };
    const result = normalise(document, { nowMs: NOW_MS, provenance, enrichment });
    return result.ok ? alertToJson(result.alert) : result;
  });
}
