/** A kind of Kubernetes objects, as a reference to one of them has it. */
export interface KubeKind {
  /** Group and version; `v1` for the core group. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the objects of a resource are, such as `pods`; undefined where Kubernetes itself has none. */
export function kindOf(resource: string): KubeKind | undefined {
  return KINDS.get(resource);
}

const ROWS: readonly (readonly [resource: string, apiVersion: string, kind: string])[] = [
  ['pods', 'v1', 'Pod'],
  ['services', 'v1', 'Service'],
  ['configmaps', 'v1', 'ConfigMap'],
  ['secrets', 'v1', 'Secret'],
  ['namespaces', 'v1', 'Namespace'],
  ['nodes', 'v1', 'Node'],
  ['serviceaccounts', 'v1', 'ServiceAccount'],
  ['persistentvolumes', 'v1', 'PersistentVolume'],
  ['persistentvolumeclaims', 'v1', 'PersistentVolumeClaim'],
  ['deployments', 'apps/v1', 'Deployment'],
  ['daemonsets', 'apps/v1', 'DaemonSet'],
  ['statefulsets', 'apps/v1', 'StatefulSet'],
  ['replicasets', 'apps/v1', 'ReplicaSet'],
  ['jobs', 'batch/v1', 'Job'],
  ['cronjobs', 'batch/v1', 'CronJob'],
  ['ingresses', 'networking.k8s.io/v1', 'Ingress'],
  ['networkpolicies', 'networking.k8s.io/v1', 'NetworkPolicy'],
  ['roles', 'rbac.authorization.k8s.io/v1', 'Role'],
  ['rolebindings', 'rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['clusterroles', 'rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['clusterrolebindings', 'rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
];

const KINDS: ReadonlyMap<string, KubeKind> = new Map(
  ROWS.map(([resource, apiVersion, kind]) => [resource, { apiVersion, kind }]),
);
