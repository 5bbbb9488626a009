import type { LoadedConfig } from '../../config/load.ts';
import type { AgentSettings } from '../ingest/agents/agent.ts';

/** What a configuration says about the formats that are taken. */
export function agentSettings({ auditDetector, mappings, config }: LoadedConfig): AgentSettings {
  const { tetragon, otlp } = config.ingest;
  return { detector: auditDetector, tetragon, otlp, mappings };
}
