import { KEY_PROPERTY, type ReportResult } from './payload.ts';
import type { PolicyReportSettings } from './settings.ts';

/** Where reports of one kind are, and what they are called: as Falcosidekick's. */
export interface ReportKind {
  readonly kind: 'PolicyReport' | 'ClusterPolicyReport';
  readonly name: string;
  /** Path of the collection. */
  readonly path: string;
  readonly namespace?: string;
}

const GROUP = 'wgpolicyk8s.io/v1alpha2';

/** The report of a namespace, or that of the cluster. */
export function reportKind(namespace: string | undefined): ReportKind {
  if (namespace === undefined) {
    const path = `/apis/${GROUP}/clusterpolicyreports`;
    return { kind: 'ClusterPolicyReport', name: 'falco-cluster-policy-report', path };
  }
  const path = `/apis/${GROUP}/namespaces/${encodeURIComponent(namespace)}/policyreports`;
  return { kind: 'PolicyReport', name: 'falco-policy-report', path, namespace };
}

/** A report as the server has it. What is not listed here is kept as it is. */
export interface Report {
  readonly kind: string;
  readonly results?: readonly ReportResult[] | null;
  readonly [member: string]: unknown;
}

export function emptyReport({ kind, name, namespace }: ReportKind): Report {
  return {
    apiVersion: GROUP,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'tocsin' },
    },
  };
}

/** etcd takes 1.5 MiB, and whoever lists reports has them all in memory. */
const BYTES_MAX = 1_000_000;

/** The report with more results; undefined where it has them already. */
export function withResults(
  report: Report,
  added: readonly ReportResult[],
  settings: PolicyReportSettings,
): Report | undefined {
  const before = Array.isArray(report.results) ? report.results : [];
  const keys = new Set(before.map(keyOf));
  const missing = added.filter((result) => !keys.has(keyOf(result)));
  if (missing.length === 0) return undefined;
  const results = fitting([...before, ...missing], settings);
  return { ...report, results, summary: summaryOf(results) };
}

function keyOf({ properties }: Partial<ReportResult>): string | undefined {
  return properties?.[KEY_PROPERTY];
}

const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'];

/** As many as a report holds, in their order. */
function fitting(
  results: readonly ReportResult[],
  { resultsMax, pruneByPriority }: PolicyReportSettings,
): readonly ReportResult[] {
  const weighed = results.map((result, place) => ({
    place,
    bytes: Buffer.byteLength(JSON.stringify(result)),
    rank: pruneByPriority ? SEVERITIES.indexOf(result.severity) : 0,
  }));
  // What goes first stands first.
  weighed.sort((a, b) => a.rank - b.rank || a.place - b.place);
  let count = results.length;
  let bytes = weighed.reduce((sum, one) => sum + one.bytes, 0);
  const gone = new Set<number>();
  for (const one of weighed) {
    if (count <= resultsMax && bytes <= BYTES_MAX) break;
    gone.add(one.place);
    count -= 1;
    bytes -= one.bytes;
  }
  return results.filter((_, place) => !gone.has(place));
}

function summaryOf(results: readonly ReportResult[]): Record<ReportResult['result'], number> {
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) if (Object.hasOwn(summary, result)) summary[result] += 1;
  return summary;
}
