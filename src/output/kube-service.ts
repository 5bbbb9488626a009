import { readFile } from 'node:fs/promises';
import { Type } from 'typebox';
import { checkHttpUrl, type Mistake } from './check.ts';
import { retryError } from './http-error.ts';
import { below } from './http-url.ts';
import type { AlertRequest } from './post-alert.ts';
import { optionalText } from './settings.ts';

/**
 * Services of a Kubernetes cluster, called by their name or through the API server, and the service
 * account of the pod that calls it.
 */

/** What every pod with a service account has. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_FILE = `${ACCOUNT}/token`;
/** The authority of the API server. */
export const CA_FILE = `${ACCOUNT}/ca.crt`;
const NAMESPACE_FILE = `${ACCOUNT}/namespace`;

/** A name as Kubernetes has it (RFC 1123): it can be part of a host name and of a path. */
export const KUBE_NAME = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';

export const apiServerSettings = {
  apiServer: optionalText(
    'API server that passes requests on to the service, `https://kubernetes.default.svc`. Absent: the service is called by its name.',
  ),
  tokenFile: tokenFileSetting(
    "With apiServer: file with the token of a service account, the pod's own by default.",
  ),
};

export function tokenFileSetting(description: string) {
  return Type.String({ description, minLength: 1, default: TOKEN_FILE });
}

export interface ApiServer {
  readonly apiServer?: string;
  readonly tokenFile: string;
}

export interface KubeService {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** The host under which pods know it. */
  readonly host: string;
}

export function checkApiServer({ apiServer }: ApiServer): Mistake[] {
  return checkHttpUrl('apiServer', apiServer);
}

/** Where a request to the service goes, and with what login. */
export async function serviceRequest(
  { apiServer, tokenFile }: ApiServer,
  { namespace, service, port, host }: KubeService,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<AlertRequest> {
  if (apiServer === undefined) return { url: `http://${host}:${port}${path}`, headers };
  const proxy = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}`;
  const authorization = `Bearer ${await kubeToken(tokenFile)}`;
  return { url: below(apiServer, proxy), headers: { ...headers, authorization } };
}

/** The token of a service account. Kubernetes writes another into the file every hour. */
export async function kubeToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const detail = `tokenFile cannot be read (${code}): is there a service account?`;
    throw retryError('network', 'auth', detail);
  }
}

/** The namespace of the pod; undefined outside of a cluster. */
export async function podNamespace(): Promise<string | undefined> {
  try {
    return (await readFile(NAMESPACE_FILE, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

/**
 * An entry of `combined` for a `kubeconfig` of Falcosidekick's. The hub reads none: it calls the API
 * server as the service account of its pod.
 */
export function apiServerFrom(key: string) {
  return {
    keys: [key],
    settings: (kubeconfig: unknown): Record<string, unknown> =>
      kubeconfig === ''
        ? {}
        : { apiServer: 'https://kubernetes.default.svc', tls: { caFile: CA_FILE } },
  };
}

/**
 * What to tell of it.
 *
 * @param rights What the service account needs; by default, for `serviceRequest`.
 */
export function kubeconfigRemark(rights = '`create` on `services/proxy`') {
  return (kubeconfig: unknown): string | undefined => {
    if (kubeconfig === '') return undefined;
    return `is not read: the API server of this cluster is called with the service account of the pod, which needs ${rights}`;
  };
}
