import { apiServerFrom, kubeconfigRemark } from '../../src/output/kube-service.ts';

/** Falcosidekick's `fission.*`. */
export const sidekick = {
  settings: {
    function: 'fission.function',
    routerNamespace: 'fission.routernamespace',
    routerService: 'fission.routerservice',
    routerPort: 'fission.routerport',
  },
  combined: [apiServerFrom('fission.kubeconfig')],
  remarks: { 'fission.kubeconfig': kubeconfigRemark() },
};
