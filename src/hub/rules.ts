import type { LoadedConfig } from '../../config/load.ts';
import type { AdmissionRules } from '../ingest/admission-rules.ts';
import { compileEnrichment } from '../ingest/normalise/enrich.ts';

/** Files wait for room by themselves. */
const FILE_RATE = { alertsPerSecond: 0, burst: 1, shareMax: 1 };

/** By what alerts are taken in, as the configuration has it. `lanes`: their ids by output. */
export function admissionRules(
  { config, router }: LoadedConfig,
  lanes: ReadonlyMap<string, number>,
): AdmissionRules {
  const { http, grpc, syslog } = config.ingest;
  return {
    router,
    lanes,
    enrichment: compileEnrichment(config.normalise),
    keepsSnapshotsOut: config.sensors.metricsSnapshots === 'keepOut',
    rate: {
      http: http.rate,
      grpc: grpc?.rate ?? http.rate,
      syslog: syslog?.rate ?? http.rate,
      auditd: http.rate,
      file: FILE_RATE,
    },
  };
}
