import { type EventView, objectOf } from './view.ts';

/** What an alert says of its event, under the names of Falco's plugin `k8saudit`. */
export function fieldsOf(view: EventView): Record<string, unknown> {
  const user = objectOf(view.user);
  const annotations = objectOf(view.annotations);
  const fields = {
    'ka.auditid': view.auditID,
    'ka.stage': view.stage,
    'ka.verb': view.verb,
    'ka.uri': view.requestURI,
    'ka.uri.param[command]': view.command,
    'ka.user.name': user['username'],
    'ka.user.groups': user['groups'],
    'ka.impuser.name': objectOf(view.impersonatedUser)['username'],
    'ka.target.resource': view.resource,
    'ka.target.subresource': view.subresource,
    'ka.target.namespace': view.ns,
    'ka.target.name': view.name,
    // Falco's plugin has it as text.
    'ka.response.code': typeof view.code === 'number' ? String(view.code) : view.code,
    'ka.response.reason': objectOf(view.responseStatus)['reason'],
    'ka.auth.decision': annotations['authorization.k8s.io/decision'],
    'ka.auth.reason': annotations['authorization.k8s.io/reason'],
    'ka.sourceips': view.sourceIPs,
    'ka.useragent': view.userAgent,
    'ka.cluster.name': view.cluster,
    'k8s.ns.name': view.ns,
    'k8s.pod.name': view.resource === 'pods' ? view.name : undefined,
    ...requestFields(view),
  };
  return Object.fromEntries(Object.entries(fields).filter(isSaid));
}

function isSaid([, value]: [string, unknown]): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Of the body only what the built-in rules are about: names and rights, never data. */
function requestFields({
  resource,
  requestObject,
  containers,
}: EventView): Record<string, unknown> {
  const body = objectOf(requestObject);
  switch (resource) {
    case 'pods':
      return containers.length === 0
        ? {}
        : { 'ka.req.pod.containers.image': containers.map(({ image }) => textOf(image)) };
    case 'clusterrolebindings':
    case 'rolebindings':
      return {
        'ka.req.binding.role': objectOf(body['roleRef'])['name'],
        'ka.req.binding.subjects': jsonOfEach(body['subjects']),
      };
    case 'clusterroles':
    case 'roles':
      return { 'ka.req.role.rules': jsonOfEach(body['rules']) };
    default:
      return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function jsonOfEach(list: unknown): readonly string[] | undefined {
  return Array.isArray(list) ? list.map((item) => JSON.stringify(item)) : undefined;
}
