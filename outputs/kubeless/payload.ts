import type { Delivery } from '../../src/output/define.ts';
import { serviceRequest } from '../../src/output/kube-service.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { KubelessSettings } from './settings.ts';

/** The headers are what functions of Kubeless know an event by. */
export function kubelessRequest(
  settings: KubelessSettings,
  { alert }: Delivery,
): Promise<AlertRequest> {
  const { namespace, function: service, port } = settings;
  const host = `${service}.${namespace}.svc.cluster.local`;
  return serviceRequest(settings, { namespace, service, port, host }, '/', {
    'event-id': alert.uuid,
    'event-type': 'falco',
    'event-namespace': namespace,
    'content-type': 'application/json',
  });
}
