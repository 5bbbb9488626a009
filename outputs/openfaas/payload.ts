import { serviceRequest } from '../../src/output/kube-service.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { OpenFaasSettings } from './settings.ts';

/** @see https://docs.openfaas.com/architecture/invocations/ */
export function openFaasRequest(settings: OpenFaasSettings): Promise<AlertRequest> {
  const { gatewayNamespace: namespace, gatewayService: service, gatewayPort: port } = settings;
  const path = `/function/${settings.function}.${settings.functionNamespace}`;
  return serviceRequest(
    settings,
    { namespace, service, port, host: `${service}.${namespace}` },
    path,
  );
}
