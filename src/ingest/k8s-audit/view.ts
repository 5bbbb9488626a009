import { EVENT_MEMBERS, type EventMember } from './names.ts';

type Json = Readonly<Record<string, unknown>>;

/** A container of a pod that is being created. */
export interface ContainerView {
  readonly name: unknown;
  readonly image: unknown;
  /** The image without its tag and its digest. */
  readonly repository: string;
  readonly privileged: boolean;
}

/** An event as rules see it: its members, and what many rules ask for. */
export interface EventView extends Partial<Record<EventMember, unknown>> {
  readonly resource: unknown;
  readonly subresource: unknown;
  readonly ns: unknown;
  readonly name: unknown;
  readonly code: unknown;
  readonly ok: boolean;
  /** Not the control plane itself; a pod's service account counts, since it may be an attacker's. */
  readonly human: boolean;
  readonly path: string;
  /** Of an exec: all its words. */
  readonly command: string;
  readonly containers: readonly ContainerView[];
  readonly cluster: string;
  readonly allowedNamespaces: readonly string[];
  readonly privilegedImages: readonly string[];
}

/** The lists of the configuration that rules compare with. */
export interface AuditLists {
  readonly allowedNamespaces: readonly string[];
  readonly privilegedImages: readonly string[];
}

export function viewOf(event: Json, cluster: string, lists: AuditLists): EventView {
  const members = membersOf(event);
  const { requestURI, user, objectRef, responseStatus } = members;
  const target = objectOf(objectRef);
  const { code } = objectOf(responseStatus);
  const uri = typeof requestURI === 'string' ? requestURI : '';
  const query = uri.indexOf('?');
  return {
    ...members,
    resource: target['resource'],
    subresource: target['subresource'],
    ns: target['namespace'],
    name: target['name'] ?? nameOfObject(members),
    code,
    ok: typeof code === 'number' && code >= 200 && code < 300,
    human: !isControlPlane(objectOf(user)['username']),
    path: query === -1 ? uri : uri.slice(0, query),
    command: query === -1 ? '' : commandOf(uri.slice(query + 1)),
    containers: target['resource'] === 'pods' ? containersOf(members.requestObject) : [],
    cluster,
    ...lists,
  };
}

export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The bodies of secrets and tokens are left out here, before anybody can look: no expression, no
 * template and no field can carry one further.
 */
function membersOf(event: Json): Partial<Record<EventMember, unknown>> {
  const members: Partial<Record<EventMember, unknown>> = {};
  for (const name of EVENT_MEMBERS) if (Object.hasOwn(event, name)) members[name] = event[name];
  if (!holdsSecrets(objectOf(event['objectRef']))) return members;
  const { requestObject: _request, responseObject: _response, ...rest } = members;
  return rest;
}

const SECRET_RESOURCES: ReadonlySet<unknown> = new Set([
  'secrets',
  'tokenreviews',
  'tokenrequests',
]);

function holdsSecrets({ resource, subresource }: Json): boolean {
  return SECRET_RESOURCES.has(resource) || subresource === 'token';
}

/** At creation the reference has no name where the server makes it up, or takes it from the body. */
function nameOfObject({ requestObject, responseObject }: Json): unknown {
  const sent = objectOf(objectOf(requestObject)['metadata'])['name'];
  return sent ?? objectOf(objectOf(responseObject)['metadata'])['name'];
}

const CONTROL_PLANE: ReadonlySet<unknown> = new Set(
  ['apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'addon-manager'].map(
    (name) => `system:${name}`,
  ),
);

function isControlPlane(username: unknown): boolean {
  if (typeof username !== 'string') return false;
  if (username.startsWith('system:node:')) return true;
  return CONTROL_PLANE.has(username) || username.startsWith('system:serviceaccount:kube-system:');
}

const WORDS_MAX = 256;

function commandOf(query: string): string {
  if (!query.includes('command=')) return '';
  return new URLSearchParams(query).getAll('command').slice(0, WORDS_MAX).join(' ');
}

function containersOf(pod: unknown): readonly ContainerView[] {
  const spec = objectOf(objectOf(pod)['spec']);
  return ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap((kind) => (Array.isArray(spec[kind]) ? (spec[kind] as unknown[]) : []))
    .map(objectOf)
    .map(({ name, image, securityContext }) => ({
      name,
      image,
      repository: typeof image === 'string' ? repositoryOf(image) : '',
      privileged: objectOf(securityContext)['privileged'] === true,
    }));
}

/** `registry:5000/team/app:1.2@sha256:…` without what comes behind `app`. */
function repositoryOf(image: string): string {
  const [named = ''] = image.split('@', 1);
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/') ? named.slice(0, colon) : named;
}
