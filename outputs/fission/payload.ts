import type { Delivery } from '../../src/output/define.ts';
import { serviceRequest } from '../../src/output/kube-service.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { FissionSettings } from './settings.ts';

/** The router's own path to a function, without a trigger; the header is Falcosidekick's. */
export function fissionRequest(
  settings: FissionSettings,
  { alert }: Delivery,
): Promise<AlertRequest> {
  const { routerNamespace: namespace, routerService: service, routerPort: port } = settings;
  const host = `${service}.${namespace}.svc.cluster.local`;
  const path = `/fission-function/${settings.function}`;
  return serviceRequest(settings, { namespace, service, port, host }, path, {
    'event-id': alert.uuid,
  });
}
