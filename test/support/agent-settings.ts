import type { AgentSettings } from '../../src/ingest/agents/agent.ts';
import { createDetector } from '../../src/ingest/k8s-audit/detector.ts';
import { AUDIT_SETTINGS } from './audit-corpus.ts';

/** What is as the configuration's defaults have it, but for one policy. */
export const AGENTS: AgentSettings = {
  detector: createDetector(AUDIT_SETTINGS),
  tetragon: { priorities: { 'file-monitoring': 'error' } },
  otlp: { minimumPriority: 'warning' },
  mappings: [],
};
