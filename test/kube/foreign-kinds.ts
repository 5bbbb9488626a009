/** Kinds that the chart makes and Kubernetes does not have, as definitions that let every field in. */

const KINDS: readonly (readonly [group: string, version: string, kind: string, plural: string])[] =
  [
    ['cert-manager.io', 'v1', 'Certificate', 'certificates'],
    ['grafana.integreatly.org', 'v1beta1', 'GrafanaDashboard', 'grafanadashboards'],
    ['gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes'],
    ['monitoring.coreos.com', 'v1', 'PodMonitor', 'podmonitors'],
    ['monitoring.coreos.com', 'v1', 'PrometheusRule', 'prometheusrules'],
    ['monitoring.coreos.com', 'v1', 'ServiceMonitor', 'servicemonitors'],
    ['operator.victoriametrics.com', 'v1beta1', 'VMServiceScrape', 'vmservicescrapes'],
    ['route.openshift.io', 'v1', 'Route', 'routes'],
    ['autoscaling.k8s.io', 'v1', 'VerticalPodAutoscaler', 'verticalpodautoscalers'],
  ];

export const foreignKinds: readonly object[] = KINDS.map(([group, name, kind, plural]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
  },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
}));
