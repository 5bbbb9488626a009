import { CA_FILE, kubeconfigRemark } from '../../src/output/kube-service.ts';

/** Falcosidekick's `policyreport.*`. Its client is that of the pod's service account, as is ours. */
export const sidekick = {
  settings: {
    resultsMax: { key: 'policyreport.maxevents', convert: inRange },
    fallbackNamespace: 'policyreport.falconamespace',
    pruneByPriority: 'policyreport.prunebypriority',
  },
  combined: [{ keys: ['policyreport.enabled'], settings: () => ({ tls: { caFile: CA_FILE } }) }],
  ignored: ['policyreport.kubeconfig'],
  remarks: {
    'policyreport.kubeconfig': kubeconfigRemark(
      '`get`, `create` and `update` on `policyreports` and `clusterpolicyreports`',
    ),
  },
  tls: false,
};

/** Falcosidekick takes any number; none makes a report that holds nothing. */
function inRange(value: unknown): number {
  return Math.min(Math.max(Number(value), 1), 10_000);
}
