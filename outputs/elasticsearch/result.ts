import type { SingleResult } from '../../src/output/define.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';

/** What a bulk request's answer says of one document. */
export interface ItemAnswer {
  readonly status: number;
  readonly error?: {
    readonly type?: string;
    readonly reason?: string;
    readonly caused_by?: { readonly reason?: string };
  };
  readonly failure_store?: string;
}

/** What became of one document. */
export function resultOfItem(item: ItemAnswer): SingleResult {
  const { status, error } = item;
  if (isRefusal(item)) return { outcome: 'reject', reason: 'payload', detail: detailOf(item) };
  // A conflict is about the `_id`: a resend whose first answer was lost.
  if ((status >= 200 && status < 300) || status === 409) return DELIVERED;
  // What is left of these two is about the index, its alias or its pipeline.
  const isBlocked = status === 403 && error?.type !== 'security_exception';
  if (status === 400 || isBlocked) {
    return { outcome: 'retry', reason: 'client', detail: detailOf(item) };
  }
  return resultOfStatus({ status, headers: {}, text: textOf(item), truncated: false });
}

const DELIVERED: SingleResult = { outcome: 'delivered' };

const MAPPING_ERRORS: ReadonlySet<string | undefined> = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
]);

/**
 * Whether the mapping had no room for the document. A data stream with a failure store says 201 all
 * the same, having put it where nobody searches.
 */
export function isRefusal({ status, error, failure_store }: ItemAnswer): boolean {
  if (failure_store === 'used') return true;
  if (status !== 400) return false;
  if (MAPPING_ERRORS.has(error?.type)) return true;
  // The type stands for a missing alias or pipeline, too.
  return error?.type === 'illegal_argument_exception' && ABOUT_FIELDS.test(error.reason ?? '');
}

const ABOUT_FIELDS = /\b(?:mapper|mapping|fields?)\b/i;

function detailOf(item: ItemAnswer): string {
  return `HTTP ${item.status}: ${excerpt(textOf(item))}`;
}

function textOf({ error, failure_store }: ItemAnswer): string {
  if (error === undefined) return failure_store === 'used' ? 'it is in the failure store' : '';
  const cause = error.caused_by?.reason;
  return `${error.type}: ${error.reason}${cause === undefined ? '' : ` (${cause})`}`;
}
