/**
 * The kinds of reports as a cluster knows them: definitions (CRDs) with the fields of
 * wgpolicyk8s.io/v1alpha2.
 *
 * @see https://github.com/kubernetes-sigs/wg-policy-prototypes
 */

export const REPORT_GROUP = 'wgpolicyk8s.io';

const text = { type: 'string' };
const count = { type: 'integer' };

/** `ObjectReference` of core/v1. */
const reference = {
  type: 'object',
  properties: {
    apiVersion: text,
    fieldPath: text,
    kind: text,
    name: text,
    namespace: text,
    resourceVersion: text,
    uid: text,
  },
};

const selector = {
  type: 'object',
  properties: {
    matchExpressions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['key', 'operator'],
        properties: { key: text, operator: text, values: { type: 'array', items: text } },
      },
    },
    matchLabels: { type: 'object', additionalProperties: text },
  },
};

const result = {
  type: 'object',
  required: ['policy'],
  properties: {
    category: text,
    message: text,
    policy: text,
    properties: { type: 'object', additionalProperties: text },
    resourceSelector: selector,
    resources: { type: 'array', items: reference },
    result: { type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip'] },
    rule: text,
    scored: { type: 'boolean' },
    severity: { type: 'string', enum: ['critical', 'high', 'low', 'medium', 'info'] },
    source: text,
    timestamp: {
      type: 'object',
      required: ['nanos', 'seconds'],
      properties: {
        nanos: { type: 'integer', format: 'int32' },
        seconds: { type: 'integer', format: 'int64' },
      },
    },
  },
};

/** A report, as OpenAPI 3. */
export const reportSchema = {
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    results: { type: 'array', items: result },
    scope: reference,
    scopeSelector: selector,
    summary: {
      type: 'object',
      properties: { error: count, fail: count, pass: count, skip: count, warn: count },
    },
  },
};

export const reportDefinitions: readonly object[] = [
  definition('PolicyReport', 'Namespaced', 'polr'),
  definition('ClusterPolicyReport', 'Cluster', 'cpolr'),
];

function definition(kind: string, scope: string, shortName: string): object {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${REPORT_GROUP}` },
    spec: {
      group: REPORT_GROUP,
      scope,
      names: {
        kind,
        listKind: `${kind}List`,
        plural: `${singular}s`,
        singular,
        shortNames: [shortName],
      },
      versions: [
        {
          name: 'v1alpha2',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: reportSchema },
        },
      ],
    },
  };
}
