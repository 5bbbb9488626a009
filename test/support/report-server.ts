import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import type { Received, Reply } from '../contract/server.ts';
import { REPORT_GROUP, reportSchema } from './report-kinds.ts';

/** What an API server of Kubernetes demands of those who write reports, and answers them. */
export interface ReportServer {
  /** Reports by their path. */
  readonly reports: Map<string, StoredReport>;
  /** Namespaces that are there, or about to go; any other is not there. Undefined: all are. */
  readonly namespaces?: Readonly<Record<string, 'active' | 'terminating'>>;
  answer(request: Received): Reply;
}

export interface StoredReport {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly results: readonly StoredResult[];
  readonly summary: Readonly<Record<string, number>>;
}

export interface StoredResult {
  readonly policy: string;
  readonly rule: string;
  readonly result: string;
  readonly severity: string;
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly resources?: readonly object[];
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
}

/** The server refuses what is larger (etcd's `--max-request-bytes`). */
const REPORT_BYTES_MAX = 1.5 * 1024 * 1024;
const PATH =
  /^\/apis\/wgpolicyk8s\.io\/v1alpha2\/(?:namespaces\/([^/]+)\/policyreports|clusterpolicyreports)(?:\/([^/]+))?$/;

const ajv = new Ajv({ strict: false, validateFormats: false });
const isReport = ajv.compile(strict(reportSchema) as object);

/** The same schema, but no field goes unknown: the server would drop it in silence. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, strict(part)]));
  const isClosed = 'properties' in schema && 'type' in schema && schema.type === 'object';
  return isClosed ? { additionalProperties: false, ...copy } : copy;
}

export function reportServer(token: string, namespaces?: ReportServer['namespaces']): ReportServer {
  const reports = new Map<string, StoredReport>();
  let version = 0;

  function write(path: string, request: Received, namespace: string | undefined): Reply {
    assert.ok(request.bytes.length <= REPORT_BYTES_MAX, `${request.bytes.length} bytes`);
    const report = JSON.parse(request.body) as StoredReport;
    assert.ok(isReport(report), JSON.stringify(isReport.errors));
    assert.equal(report.apiVersion, `${REPORT_GROUP}/v1alpha2`);
    assert.equal(report.kind, namespace === undefined ? 'ClusterPolicyReport' : 'PolicyReport');
    assert.equal(report.metadata.namespace, namespace);
    const at = request.method === 'POST' ? `${path}/${report.metadata.name}` : path;
    const before = reports.get(at);
    if (request.method === 'POST' ? before !== undefined : isOlder(report, before)) {
      return status(409, { reason: 'Conflict' });
    }
    version += 1;
    const metadata = { ...report.metadata, resourceVersion: String(version) };
    reports.set(at, { ...report, metadata });
    return reply(request.method === 'POST' ? 201 : 200, reports.get(at) as object);
  }

  return {
    reports,
    ...(namespaces && { namespaces }),
    answer(request) {
      const [, namespace] = PATH.exec(request.path) ?? assert.fail(request.path);
      if (request.headers['authorization'] !== `Bearer ${token}`) {
        return status(401, { reason: 'Unauthorized' });
      }
      if (request.method === 'GET') {
        const report = reports.get(request.path);
        return report === undefined
          ? status(404, { reason: 'NotFound', details: { kind: 'policyreports' } })
          : reply(200, report);
      }
      assert.equal(request.headers['content-type'], 'application/json');
      return refusal(namespaces, namespace) ?? write(request.path, request, namespace);
    },
  };
}

function isOlder({ metadata }: StoredReport, before: StoredReport | undefined): boolean {
  return metadata.resourceVersion !== before?.metadata.resourceVersion;
}

function refusal(namespaces: ReportServer['namespaces'], namespace = ''): Reply | undefined {
  if (namespaces === undefined || namespace === '') return undefined;
  const state = namespaces[namespace];
  if (state === 'active') return undefined;
  if (state === undefined) {
    return status(404, { reason: 'NotFound', details: { name: namespace, kind: 'namespaces' } });
  }
  const causes = [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }];
  return status(403, { reason: 'Forbidden', details: { kind: 'policyreports', causes } });
}

/** `Status` of meta/v1. */
function status(code: number, more: object): Reply {
  return reply(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...more });
}

function reply(code: number, body: object): Reply {
  return {
    status: code,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
