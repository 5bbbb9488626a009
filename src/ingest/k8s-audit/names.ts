import { compileDocumentExpression, type DocumentExpression } from '../../route/expression.ts';

/** Members of `Event` in `audit.k8s.io/v1`. */
const MEMBERS = [
  'level',
  'auditID',
  'stage',
  'requestURI',
  'verb',
  'user',
  'impersonatedUser',
  'sourceIPs',
  'userAgent',
  'objectRef',
  'responseStatus',
  'requestObject',
  'responseObject',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'annotations',
] as const;

/** What `viewOf` adds. */
const DERIVED = [
  'resource',
  'subresource',
  'ns',
  'name',
  'code',
  'ok',
  'human',
  'path',
  'command',
  'containers',
  'cluster',
  'allowedNamespaces',
  'privilegedImages',
] as const;

export type EventMember = (typeof MEMBERS)[number];
export const EVENT_MEMBERS: readonly EventMember[] = MEMBERS;

const NAMES: ReadonlySet<string> = new Set([...MEMBERS, ...DERIVED]);

/**
 * An expression over an audit event.
 *
 * @throws ExpressionError
 */
export function compileMatch(text: string): DocumentExpression {
  return compileDocumentExpression(text, NAMES);
}
