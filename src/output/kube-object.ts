import { objectIn, resultOfOwn } from './answer.ts';
import type { SendContext, SingleResult } from './define.ts';
import { aboutDestination, HttpError } from './http-error.ts';
import { below } from './http-url.ts';
import type { HttpAnswer } from './http.ts';
import { KUBE_NAME, kubeToken } from './kube-service.ts';

/** An object of a Kubernetes cluster that others change, too: read, changed and written back. */

/** The API server, and who calls it. */
export interface KubeApi extends Pick<SendContext<unknown>, 'http' | 'signal'> {
  /** Its URL. */
  readonly apiServer: string;
  /** File with the token of a service account. */
  readonly tokenFile: string;
}

/** Where an object is, be it there or not. */
export interface KubePlace {
  /** Group and version: `wgpolicyk8s.io/v1alpha2`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The kind as paths have it: `policyreports`. */
  readonly resource: string;
  /** Absent where objects of this kind are in none. It may be anybody's text. */
  readonly namespace?: string;
  readonly name: string;
}

/** An object as the server has it: what its user does not know has to go back as it came. */
export interface KubeObject {
  readonly kind: string;
  readonly [member: string]: unknown;
}

/** Whoever read the object before somebody else's change has to read it again. */
const WRITES_MAX = 5;
/** More than etcd holds. */
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const NAME = new RegExp(KUBE_NAME);

/**
 * Changes an object, or makes it where there is none.
 *
 * @param change Given the object as it is now, or a new one, what it is to be; undefined: it is that
 *   already. It is asked again after a change of somebody else's.
 * @returns `no namespace` where it does not exist, is about to go, or cannot be the name of one.
 *   Rejects with what `resultOfError` understands.
 */
export async function changeObject(
  api: KubeApi,
  place: KubePlace,
  change: (object: KubeObject) => KubeObject | undefined,
): Promise<SingleResult | 'no namespace'> {
  // Whoever writes alerts must not choose the path of a request.
  if (place.namespace !== undefined && !NAME.test(place.namespace)) return 'no namespace';
  for (let write = 0; write < WRITES_MAX; write += 1) {
    const found = await read(api, place);
    const changed = change(found ?? newObject(place));
    if (changed === undefined) return { outcome: 'delivered' };
    const body = JSON.stringify(changed);
    const answer =
      found === undefined
        ? await call(api, 'POST', collectionOf(place), body)
        : await call(api, 'PUT', pathOf(place), body);
    if (isWithoutNamespace(answer)) return 'no namespace';
    if (answer.status !== 409) return verdictOf(answer, place);
  }
  const detail = `${place.name}: others changed it ${WRITES_MAX} times in a row`;
  return { outcome: 'retry', reason: 'server', detail };
}

function collectionOf({ apiVersion, namespace, resource }: KubePlace): string {
  const inNamespace = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/apis/${apiVersion}${inNamespace}/${resource}`;
}

function pathOf(place: KubePlace): string {
  return `${collectionOf(place)}/${place.name}`;
}

function newObject({ apiVersion, kind, name, namespace }: KubePlace): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'tocsin' },
    },
  };
}

/** The object as it is; undefined where there is none. */
async function read(api: KubeApi, place: KubePlace): Promise<KubeObject | undefined> {
  const answer = await call(api, 'GET', pathOf(place));
  // The server itself says so, rather than that it does not know the path.
  if (answer.status === 404 && objectIn(answer)['kind'] === 'Status') return undefined;
  const result = verdictOf(answer, place);
  if (result.outcome === 'delivered') return objectIn(answer) as KubeObject;
  const { kind, apiVersion } = place;
  const noKind = `HTTP 404: the cluster has no ${kind}: install the CRDs of ${apiVersion}`;
  const detail = answer.status === 404 ? noKind : result.detail;
  // Nothing of an alert has been said yet.
  throw new HttpError('network', aboutDestination({ ...result, detail }));
}

function verdictOf(answer: HttpAnswer, { kind }: KubePlace): SingleResult {
  const isOwn = objectIn(answer)['kind'] === kind;
  return resultOfOwn(answer, isOwn, `the API server answers with the ${kind}`);
}

/** Details of a `Status` of meta/v1. */
interface Details {
  readonly kind?: unknown;
  readonly causes?: readonly { readonly reason?: unknown }[];
}

/** It does not exist, or is about to go. */
function isWithoutNamespace(answer: HttpAnswer): boolean {
  const { kind, causes } = (objectIn(answer)['details'] ?? {}) as Details;
  if (answer.status === 404) return kind === 'namespaces';
  if (answer.status !== 403 || !Array.isArray(causes)) return false;
  return causes.some(({ reason }) => reason === 'NamespaceTerminating');
}

async function call(
  { apiServer, tokenFile, http, signal }: KubeApi,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: string,
): Promise<HttpAnswer> {
  const authorization = `Bearer ${await kubeToken(tokenFile)}`;
  return http.request({
    method,
    url: below(apiServer, path),
    headers: {
      authorization,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
    signal,
    answerBytesMax: ANSWER_BYTES_MAX,
  });
}
