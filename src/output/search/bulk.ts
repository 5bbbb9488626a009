import type { Client } from '@elastic/elasticsearch';
import type { Failure } from '../http-error.ts';
import { callServer } from './call.ts';
import { TOO_LONG } from './client.ts';
import { type ItemAnswer, readItem } from './result.ts';

/** Without it an answer repeats the index, the shards and more for every document. */
const WANTED = [
  'error',
  'errors',
  'items.*.status',
  'items.*.failure_store',
  'items.*.error.type',
  'items.*.error.reason',
  'items.*.error.caused_by.reason',
];

/**
 * Sends one bulk request.
 *
 * @param operations For each document its action and itself, each on one line.
 * @returns What became of each document, in order; or what went wrong with the request as a whole.
 */
export async function sendBulk(
  client: Client,
  operations: readonly (readonly [action: string, document: string])[],
  options: { readonly pipeline?: string | undefined; readonly signal: AbortSignal },
): Promise<{ readonly items: readonly ItemAnswer[] } | { readonly failure: Failure }> {
  const { pipeline, signal } = options;
  const sent = await callServer(signal, (call) =>
    client.bulk<string>(
      { operations: operations.flat(), filter_path: WANTED, ...(pipeline && { pipeline }) },
      call,
    ),
  );
  if ('failure' in sent) return { failure: halvedIfTooLong(sent.failure, operations.length) };
  const items = itemsIn(sent.body);
  return items?.length === operations.length ? { items } : { failure: NOT_UNDERSTOOD };
}

/**
 * Refusals quote values of the documents, so hostile ones make an answer of any length. That of half
 * the documents is half as long, and a batch that is refused is halved.
 */
function halvedIfTooLong(failure: Failure, documents: number): Failure {
  if (failure !== TOO_LONG.failure || documents === 1) return failure;
  return { outcome: 'reject', reason: 'payload', detail: TOO_LONG.message };
}

/** Undefined where it is no answer to a bulk request: another server's, a login page. */
function itemsIn(body: unknown): readonly ItemAnswer[] | undefined {
  const { items } = (body ?? {}) as { readonly items?: unknown };
  if (!Array.isArray(items)) return undefined;
  const read = items.map((item: { create?: unknown } | null) => readItem(item?.create));
  return read.every((item) => item !== undefined) ? read : undefined;
}

const NOT_UNDERSTOOD: Failure = {
  outcome: 'retry',
  reason: 'client',
  detail:
    'HTTP 200 without the answer to a bulk request: is it Elasticsearch, or a proxy before it?',
};
