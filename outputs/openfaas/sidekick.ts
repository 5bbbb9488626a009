import { apiServerFrom, kubeconfigRemark } from '../../src/output/kube-service.ts';

/** Falcosidekick's `openfaas.*`. */
export const sidekick = {
  settings: {
    function: 'openfaas.functionname',
    functionNamespace: 'openfaas.functionnamespace',
    gatewayNamespace: 'openfaas.gatewaynamespace',
    gatewayService: 'openfaas.gatewayservice',
    gatewayPort: 'openfaas.gatewayport',
  },
  combined: [apiServerFrom('openfaas.kubeconfig')],
  remarks: { 'openfaas.kubeconfig': kubeconfigRemark() },
};
