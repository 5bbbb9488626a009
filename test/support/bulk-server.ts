import type { Received, Reply } from '../contract/server.ts';

/** What a bulk request asks for, and answers to it, for stand-ins of Elasticsearch. */

export interface Operation {
  readonly index: string;
  readonly id: string;
  /** As it was sent, to the character. */
  readonly document: string;
}

/** Fails on what no server would take. */
export function operationsIn({ body }: Pick<Received, 'body'>): Operation[] {
  const lines = body.split('\n');
  if (lines.pop() !== '' || lines.length % 2 !== 0) throw new Error('not pairs of whole lines');
  return Array.from({ length: lines.length / 2 }, (_, n) => {
    const action = JSON.parse(lines[2 * n] as string) as {
      create: { _index: string; _id: string };
    };
    const document = lines[2 * n + 1] as string;
    JSON.parse(document);
    return { index: action.create._index, id: action.create._id, document };
  });
}

export interface ItemError {
  readonly type: string;
  readonly reason: string;
}

/** What to say of one document: a status, or a status with an error. */
export type Verdict = number | readonly [status: number, error: ItemError];

export function bulkReply(verdicts: readonly Verdict[]): Reply {
  const items = verdicts.map((verdict) => {
    const [status, error] = typeof verdict === 'number' ? [verdict] : verdict;
    return { create: { status, ...(error && { error }) } };
  });
  return jsonReply({ errors: items.some(({ create }) => create.status >= 300), items });
}

/** Says the same of every document of a request. */
export function bulkReplyTo(request: Received, verdict: Verdict = 201): Reply {
  return bulkReply(operationsIn(request).map(() => verdict));
}

export function jsonReply(value: unknown, status = 200, headers = {}): Reply {
  const type = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}
