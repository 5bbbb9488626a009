import { boundedList } from '../../src/output/bounded-list.ts';
import type { KubeObject, KubePlace } from '../../src/output/kube-object.ts';
import { KEY_PROPERTY, type ReportResult } from './payload.ts';
import type { PolicyReportSettings } from './settings.ts';

const GROUP = { apiVersion: 'wgpolicyk8s.io/v1alpha2' };

/** The report of a namespace, or that of the cluster; they are called as Falcosidekick's. */
export function reportOf(namespace: string | undefined): KubePlace {
  const name = namespace === undefined ? 'falco-cluster-policy-report' : 'falco-policy-report';
  return namespace === undefined
    ? { ...GROUP, kind: 'ClusterPolicyReport', resource: 'clusterpolicyreports', name }
    : { ...GROUP, kind: 'PolicyReport', resource: 'policyreports', name, namespace };
}

/** etcd takes 1.5 MiB, and whoever lists reports has them all in memory. */
const BYTES_MAX = 1_000_000;

/** A report, and what we know of it. */
export interface Report extends KubeObject {
  readonly results: readonly ReportResult[];
  readonly summary: Readonly<Record<ReportResult['result'], number>>;
}

/** The report with more results; undefined where it has them already. */
export function withResults(
  report: KubeObject,
  added: readonly ReportResult[],
  { resultsMax, pruneByPriority }: PolicyReportSettings,
): Report | undefined {
  const { results: found } = report;
  const before = Array.isArray(found) ? (found as readonly ReportResult[]) : [];
  const keys = new Set(before.map(keyOf));
  const missing = added.filter((result) => !keys.has(keyOf(result)));
  if (missing.length === 0) return undefined;
  const limits = { itemsMax: resultsMax, bytesMax: BYTES_MAX };
  const results = boundedList([...before, ...missing], limits, ({ severity }) =>
    pruneByPriority ? SEVERITIES.indexOf(severity) : 0,
  );
  return { ...report, results, summary: summaryOf(results) };
}

function keyOf({ properties }: Partial<ReportResult>): string | undefined {
  return properties?.[KEY_PROPERTY];
}

const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'];

function summaryOf(results: readonly ReportResult[]): Report['summary'] {
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) if (Object.hasOwn(summary, result)) summary[result] += 1;
  return summary;
}
