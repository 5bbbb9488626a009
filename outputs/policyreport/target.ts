import type { Alert } from '../../src/alert.ts';
import { KUBE_NAME } from '../../src/output/kube-service.ts';

/**
 * Whose report takes an alert: that of a namespace, that of the cluster for what is in none, or that
 * of the fallback for what cannot be a namespace's name. Whoever writes alerts must not choose the
 * path of a request.
 */
export type Target = 'cluster' | 'fallback' | `namespace ${string}`;

const NAMESPACE = new RegExp(KUBE_NAME);

export function targetOf({ fields }: Pick<Alert, 'fields'>): Target {
  const named = [fields['k8s.ns.name'], fields['ka.target.namespace']];
  const name = named.find((value) => typeof value === 'string' && value !== '');
  if (name === undefined) return 'cluster';
  return NAMESPACE.test(name as string) ? `namespace ${name as string}` : 'fallback';
}

export function namespaceIn(target: Exclude<Target, 'fallback'>): string | undefined {
  return target === 'cluster' ? undefined : target.slice(target.indexOf(' ') + 1);
}
