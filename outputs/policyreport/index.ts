import { readFile } from 'node:fs/promises';
import {
  defineOutput,
  type Delivery,
  type SendResult,
  type SingleResult,
} from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { retryError } from '../../src/output/http-error.ts';
import { resultOfError } from '../../src/output/http-result.ts';
import { namespaceIn, type Target, targetOf } from './target.ts';
import { mistakesIn, schema } from './settings.ts';
import { type Context, store } from './store.ts';

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

/** A report after the other. What comes after a failure is not tried. */
async function report(context: Context, deliveries: readonly Delivery[]): Promise<SendResult> {
  const results = new Map<Delivery, SingleResult>();
  let failure: SingleResult | undefined;
  for (const [target, group] of Map.groupBy(deliveries, ({ alert }) => targetOf(alert))) {
    const stored =
      failure === undefined ? await storeGroup(context, target, group) : fill(group, failure);
    stored.forEach((result, place) => results.set(group[place] as Delivery, result));
    failure ??= stored.find(({ outcome }) => outcome === 'retry');
  }
  const list = deliveries.map((delivery) => results.get(delivery) as SingleResult);
  const [first] = list as [SingleResult];
  return list.every((result) => result === first) ? first : { outcome: 'partial', results: list };
}

/** In one write; where that is refused one by one, so that only who is at fault is refused. */
async function storeGroup(
  context: Context,
  target: Target,
  group: readonly Delivery[],
): Promise<readonly SingleResult[]> {
  const stored = await storeSomewhere(context, target, group).catch(resultOfError);
  if (stored.outcome !== 'reject' || group.length === 1) return fill(group, stored);
  const each = await sendEach(group, (delivery) => storeSomewhere(context, target, [delivery]));
  return each.outcome === 'partial' ? each.results : fill(group, each);
}

function fill(group: readonly Delivery[], result: SingleResult): readonly SingleResult[] {
  return group.map(() => result);
}

/** In the report of the target, or where there is no such namespace in another. */
async function storeSomewhere(
  context: Context,
  target: Target,
  deliveries: readonly Delivery[],
): Promise<SingleResult> {
  if (target !== 'fallback') {
    const stored = await store(context, namespaceIn(target), deliveries);
    if (stored !== 'no namespace') return stored;
  }
  const fallback = context.settings.fallbackNamespace ?? (await ownNamespace());
  const stored = await store(context, fallback, deliveries);
  if (stored !== 'no namespace') return stored;
  const detail = `fallbackNamespace: the cluster has no namespace ${fallback}`;
  return { outcome: 'retry', reason: 'client', detail };
}

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

async function ownNamespace(): Promise<string> {
  try {
    return (await readFile(NAMESPACE_FILE, 'utf8')).trim();
  } catch {
    const detail = 'the namespace of the pod is not known: set fallbackNamespace';
    throw retryError('network', 'client', detail);
  }
}
