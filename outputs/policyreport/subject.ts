import type { Alert } from '../../src/alert.ts';
import { oneLine, truncate } from '../../src/output/format.ts';

/** What an alert is about, as a reference to an object (`ObjectReference` of core/v1). */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Resources of audit events, and the kinds of their objects. */
const KINDS: ReadonlyMap<string, readonly [apiVersion: string, kind: string]> = new Map([
  ['pods', ['v1', 'Pod']],
  ['services', ['v1', 'Service']],
  ['configmaps', ['v1', 'ConfigMap']],
  ['secrets', ['v1', 'Secret']],
  ['namespaces', ['v1', 'Namespace']],
  ['nodes', ['v1', 'Node']],
  ['serviceaccounts', ['v1', 'ServiceAccount']],
  ['persistentvolumes', ['v1', 'PersistentVolume']],
  ['persistentvolumeclaims', ['v1', 'PersistentVolumeClaim']],
  ['deployments', ['apps/v1', 'Deployment']],
  ['daemonsets', ['apps/v1', 'DaemonSet']],
  ['statefulsets', ['apps/v1', 'StatefulSet']],
  ['replicasets', ['apps/v1', 'ReplicaSet']],
  ['jobs', ['batch/v1', 'Job']],
  ['cronjobs', ['batch/v1', 'CronJob']],
  ['ingresses', ['networking.k8s.io/v1', 'Ingress']],
  ['networkpolicies', ['networking.k8s.io/v1', 'NetworkPolicy']],
  ['roles', ['rbac.authorization.k8s.io/v1', 'Role']],
  ['rolebindings', ['rbac.authorization.k8s.io/v1', 'RoleBinding']],
  ['clusterroles', ['rbac.authorization.k8s.io/v1', 'ClusterRole']],
  ['clusterrolebindings', ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding']],
]);

/** The pod of a system call, or the object of an audit event. */
export function subjectOf({ fields }: Pick<Alert, 'fields'>): Subject | undefined {
  const field = (name: string): string | undefined => {
    const value = fields[name];
    const isName = typeof value === 'string' && value !== '';
    return isName ? truncate(oneLine(value), NAME_CHARS_MAX) : undefined;
  };
  const namespace = field('k8s.ns.name') ?? field('ka.target.namespace');
  const [apiVersion, kind] = KINDS.get(field('ka.target.resource') ?? 'pods') ?? [];
  const name = field('ka.target.name') ?? field('k8s.pod.name');
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

/** Kubernetes has no longer ones. */
const NAME_CHARS_MAX = 253;
