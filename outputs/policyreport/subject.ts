import type { Alert } from '../../src/alert.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { kindOf, type KubeKind } from '../../src/output/kube-kinds.ts';

/** What an alert is about, as a reference to an object (`ObjectReference` of core/v1). */
export interface Subject extends KubeKind {
  readonly name: string;
  readonly namespace?: string;
}

/** The pod of a system call, or the object of an audit event. */
export function subjectOf(alert: Pick<Alert, 'fields'>): Subject | undefined {
  const kind = kindOf(nameIn(alert, 'ka.target.resource') ?? 'pods');
  const name = nameIn(alert, 'ka.target.name') ?? nameIn(alert, 'k8s.pod.name');
  if (kind === undefined || name === undefined) return undefined;
  const namespace = namespaceOf(alert);
  return { ...kind, name, ...(namespace !== undefined && { namespace }) };
}

/** The namespace that an alert is about, as somebody has written it. */
export function namespaceOf(alert: Pick<Alert, 'fields'>): string | undefined {
  return nameIn(alert, 'k8s.ns.name') ?? nameIn(alert, 'ka.target.namespace');
}

/** Kubernetes has no longer ones. */
const NAME_CHARS_MAX = 253;

function nameIn({ fields }: Pick<Alert, 'fields'>, field: string): string | undefined {
  const value = fields[field];
  const isName = typeof value === 'string' && value !== '';
  return isName ? truncate(oneLine(value), NAME_CHARS_MAX) : undefined;
}
