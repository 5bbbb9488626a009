import type { NormaliseNote } from '../normalise/enrich.ts';

/** An alert as it was read out of another agent's format. */
export class AgentDocument {
  /** The agent it was read as: `k8s_audit`. */
  readonly agent: string;
  /** In Falco's shape, for the one normaliser, which has the limits. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly notes: readonly NormaliseNote[];

  constructor(
    agent: string,
    document: Readonly<Record<string, unknown>>,
    notes: readonly NormaliseNote[] = [],
  ) {
    this.agent = agent;
    this.document = document;
    this.notes = notes;
  }
}

/** What a document was read as. */
export function agentOf(document: unknown): string {
  return document instanceof AgentDocument ? document.agent : 'falco';
}
