import type { SingleResult } from '../define.ts';
import { excerpt } from '../http-excerpt.ts';
import { resultOfStatus } from '../http-result.ts';

/** What a bulk request's answer says of one document. Texts are empty where it says nothing. */
export interface ItemAnswer {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
  readonly cause: string;
  /** The data stream put it into its failure store. */
  readonly isSetAside: boolean;
}

const NO_ERROR = { type: '', reason: '', cause: '' };

/** Undefined where it is none. */
export function readItem(item: unknown): ItemAnswer | undefined {
  const { status, error, failure_store } = (item ?? {}) as Record<string, unknown>;
  if (typeof status !== 'number') return undefined;
  const said = error === undefined ? NO_ERROR : readError(error);
  return { status, ...said, isSetAside: failure_store === 'used' };
}

function readError(error: unknown): typeof NO_ERROR {
  const { type, reason, caused_by } = (error ?? {}) as Record<string, unknown>;
  const { reason: cause } = (caused_by ?? {}) as Record<string, unknown>;
  return { type: textOf(type), reason: textOf(reason), cause: textOf(cause) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What became of one document. */
export function resultOfItem(item: ItemAnswer): SingleResult {
  const { status, type } = item;
  if (isRefusal(item)) return { outcome: 'reject', reason: 'payload', detail: detailOf(item) };
  // A conflict is about the `_id`: a resend whose first answer was lost.
  if ((status >= 200 && status < 300) || status === 409) return DELIVERED;
  // What is left of these two is about the index, its alias or its pipeline.
  const isBlocked = status === 403 && type !== 'security_exception';
  if (status === 400 || isBlocked) {
    return { outcome: 'retry', reason: 'client', detail: detailOf(item) };
  }
  return resultOfStatus({ status, headers: {}, text: said(item), truncated: false });
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

const MAPPING_ERRORS: ReadonlySet<string> = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
]);

/** Whether the mapping had no room for the document: then it is not where people search. */
export function isRefusal({ status, type, reason, isSetAside }: ItemAnswer): boolean {
  if (isSetAside) return true;
  if (status !== 400) return false;
  if (MAPPING_ERRORS.has(type)) return true;
  // The type stands for a missing alias or pipeline, too.
  return type === 'illegal_argument_exception' && ABOUT_FIELDS.test(reason);
}

const ABOUT_FIELDS = /\b(?:mapper|mapping|fields?)\b/i;

function detailOf(item: ItemAnswer): string {
  return `HTTP ${item.status}: ${excerpt(said(item))}`;
}

function said({ type, reason, cause, isSetAside }: ItemAnswer): string {
  if (isSetAside) return 'it is in the failure store, where nobody searches';
  const texts = [type, reason, cause].filter((text) => text !== '');
  return texts.length === 0 ? 'no reason is given' : texts.join(': ');
}
