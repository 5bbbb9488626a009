import { apiServerFrom, kubeconfigRemark } from '../../src/output/kube-service.ts';

/** Falcosidekick's `kubeless.*`. */
export const sidekick = {
  settings: {
    namespace: 'kubeless.namespace',
    function: 'kubeless.function',
    port: 'kubeless.port',
  },
  combined: [apiServerFrom('kubeless.kubeconfig')],
  remarks: { 'kubeless.kubeconfig': kubeconfigRemark() },
};
