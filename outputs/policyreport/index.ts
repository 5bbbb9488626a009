import { sendGrouped } from '../../src/output/chunks.ts';
import {
  defineOutput,
  type Delivery,
  type SendContext,
  type SendResult,
  type SingleResult,
} from '../../src/output/define.ts';
import { retryError } from '../../src/output/http-error.ts';
import { changeObject } from '../../src/output/kube-object.ts';
import { podNamespace } from '../../src/output/kube-service.ts';
import { reportResult } from './payload.ts';
import { reportOf, withResults } from './report.ts';
import { mistakesIn, type PolicyReportSettings, schema } from './settings.ts';
import { namespaceOf } from './subject.ts';

export default defineOutput({
  id: 'policyreport',
  title: 'PolicyReport',
  category: 'logs',
  summary:
    'Writes alerts into a PolicyReport of their namespace, or into a ClusterPolicyReport, where kubectl and Policy Reporter show them.',
  schema,
  example: { fallbackNamespace: 'falco' },
  // Each write is of a whole report.
  batch: { alertsMax: 100, bytesMax: 512 * 1024, waitMs: 1000 },
  // Two at once would change the same report.
  concurrency: 1,
  validate: mistakesIn,
  send: report,
});

type Context = Pick<SendContext<PolicyReportSettings>, 'settings' | 'http' | 'signal'>;

/** A report after the other, each in one write. */
function report(context: Context, deliveries: readonly Delivery[]): Promise<SendResult> {
  return sendGrouped(
    deliveries,
    ({ alert }) => namespaceOf(alert),
    (group) => storeSomewhere(context, group),
  );
}

/** In the report of their namespace, or where there is no such namespace in another. */
async function storeSomewhere(context: Context, group: readonly Delivery[]): Promise<SingleResult> {
  const { alert } = group[0] as Delivery;
  const stored = await store(context, namespaceOf(alert), group);
  if (stored !== 'no namespace') return stored;
  const fallback = context.settings.fallbackNamespace ?? (await podNamespace());
  if (fallback === undefined) {
    const detail = 'the namespace of the pod is not known: set fallbackNamespace';
    throw retryError('network', 'client', detail);
  }
  const storedThere = await store(context, fallback, group);
  if (storedThere !== 'no namespace') return storedThere;
  const detail = `fallbackNamespace: the cluster has no namespace ${fallback}`;
  return { outcome: 'retry', reason: 'client', detail };
}

/** Adds alerts to the report of a namespace, or without one to that of the cluster. */
function store(
  { settings, http, signal }: Context,
  namespace: string | undefined,
  deliveries: readonly Delivery[],
) {
  const { apiServer, tokenFile } = settings;
  const results = deliveries.map(reportResult);
  return changeObject({ apiServer, tokenFile, http, signal }, reportOf(namespace), (found) =>
    withResults(found, results, settings),
  );
}
