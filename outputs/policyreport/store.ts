import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { Delivery, SendContext, SingleResult } from '../../src/output/define.ts';
import { aboutDestination, type Failure } from '../../src/output/http-error.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { kubeToken } from '../../src/output/kube-service.ts';
import { reportResult } from './payload.ts';
import { emptyReport, type Report, type ReportKind, reportKind, withResults } from './report.ts';
import type { PolicyReportSettings } from './settings.ts';

/** One report, read and written. Rejects with what the HTTP client rejects with. */

export type Context = Pick<SendContext<PolicyReportSettings>, 'settings' | 'http' | 'signal'>;
export type Stored = SingleResult | 'no namespace';

/** Others write the report, too: whoever read it before somebody's change has to read it again. */
const WRITES_MAX = 5;
/** More than etcd holds. */
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;

/**
 * Adds alerts to the report of a namespace, or without one to that of the cluster. What is there
 * already is not added again.
 */
export async function store(
  context: Context,
  namespace: string | undefined,
  deliveries: readonly Delivery[],
): Promise<Stored> {
  const kind = reportKind(namespace);
  const results = deliveries.map(reportResult);
  for (let write = 0; write < WRITES_MAX; write += 1) {
    const found = await read(context, kind);
    if ('outcome' in found) return found;
    const report = withResults(found.report ?? emptyReport(kind), results, context.settings);
    if (report === undefined) return { outcome: 'delivered' };
    const answer = await call(context, {
      method: found.report === undefined ? 'POST' : 'PUT',
      path: found.report === undefined ? kind.path : pathOf(kind),
      body: JSON.stringify(report),
    });
    if (answer.status !== 409) return verdictOf(answer, kind);
  }
  const detail = `${kind.name}: others changed it ${WRITES_MAX} times in a row`;
  return { outcome: 'retry', reason: 'server', detail };
}

function pathOf({ path, name }: ReportKind): string {
  return `${path}/${name}`;
}

/** The report as it is; without `report` where there is none. */
async function read(
  context: Context,
  kind: ReportKind,
): Promise<{ readonly report?: Report } | Failure> {
  const answer = await call(context, { method: 'GET', path: pathOf(kind) });
  if (answer.status === 404 && isStatus(answer)) return {};
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered') {
    const report = objectIn(answer);
    if (report['kind'] === kind.kind) return { report: report as Report };
    return foreign(answer, kind);
  }
  const detail = answer.status === 404 ? NO_KIND : result.detail;
  // Nothing of an alert has been said yet.
  return aboutDestination({ ...result, detail });
}

const NO_KIND = 'HTTP 404: the cluster has no reports: install the CRDs of wgpolicyk8s.io/v1alpha2';

function verdictOf(answer: HttpAnswer, kind: ReportKind): Stored {
  if (isWithoutNamespace(answer)) return 'no namespace';
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered' || objectIn(answer)['kind'] === kind.kind) return result;
  return foreign(answer, kind);
}

function foreign(answer: HttpAnswer, { kind }: ReportKind): Failure {
  const expected = `the API server answers with the ${kind}`;
  return foreignAnswer(answer, expected);
}

interface Status {
  readonly kind?: unknown;
  readonly details?: {
    readonly kind?: unknown;
    readonly causes?: readonly { readonly reason?: unknown }[];
  };
}

/** Whether the API server itself says so, rather than that it does not know the path. */
function isStatus(answer: HttpAnswer): boolean {
  return (objectIn(answer) as Status).kind === 'Status';
}

/** It does not exist, or is about to go. */
function isWithoutNamespace(answer: HttpAnswer): boolean {
  const { details } = objectIn(answer) as Status;
  if (answer.status === 404) return details?.kind === 'namespaces';
  if (answer.status !== 403 || !Array.isArray(details?.causes)) return false;
  return details.causes.some(({ reason }) => reason === 'NamespaceTerminating');
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: string;
}

async function call(
  { settings, http, signal }: Context,
  { method, path, body }: Call,
): Promise<HttpAnswer> {
  const authorization = `Bearer ${await kubeToken(settings.tokenFile)}`;
  return http.request({
    method,
    url: below(settings.apiServer, path),
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
