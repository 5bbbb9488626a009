import { readFileSync } from 'node:fs';
import { parseLossless } from '../../src/json.ts';

/** Bodies of the API server's audit webhook, each with the rules that its events are alerts of. */
export interface AuditBatch {
  readonly id: string;
  readonly note: string;
  readonly expectAlerts: number;
  readonly expect: readonly { readonly auditID: string; readonly rules: readonly string[] }[];
  readonly body: { readonly items: readonly AuditEvent[] };
}

export type AuditEvent = Readonly<Record<string, unknown>>;

const DATA = new URL('../data/k8s-audit/', import.meta.url);

export const auditBatches = (
  parseLossless(readFileSync(new URL('eventlists.json', DATA), 'utf8')) as {
    readonly eventLists: readonly AuditBatch[];
  }
).eventLists;

/** The events of the log backend's file, one a line. */
export const auditLogLines: readonly string[] = readFileSync(new URL('audit.log', DATA), 'utf8')
  .trim()
  .split('\n');

export const AUDIT_SETTINGS = {
  off: [],
  on: ['Create Disallowed Namespace'],
  rules: [],
  allowedNamespaces: ['default', 'kube-public', 'kube-system'],
  privilegedImages: [],
};
