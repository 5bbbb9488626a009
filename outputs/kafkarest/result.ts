import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { Delivery, SendResult, SingleResult } from '../../src/output/define.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { combined } from '../../src/output/verdicts.ts';

/** A 200 has an entry for each record: where it is, or why it is nowhere. */
export function resultOf(answer: HttpAnswer, deliveries: readonly Delivery[]): SendResult {
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered') return resultOfOffsets(answer, deliveries.length);
  const { error_code: code } = objectIn(answer);
  if (result.outcome === 'reject' && NOT_ABOUT_RECORDS.has(Number(code))) {
    return { outcome: 'retry', reason: 'client', detail: result.detail };
  }
  return result;
}

/** A topic or a partition that is not there, a key or value schema that is missing. */
const NOT_ABOUT_RECORDS: ReadonlySet<number> = new Set([40401, 40402, 42201, 42202]);

function resultOfOffsets(answer: HttpAnswer, count: number): SendResult {
  const { offsets } = objectIn(answer);
  if (Array.isArray(offsets) && offsets.length === count) return combined(offsets.map(resultOfOne));
  // The beginning alone is kept of a long answer, and this interface says 200 to every request.
  return foreignAnswer(answer, 'the proxy answers with an offset for each record');
}

/**
 * @see https://docs.confluent.io/platform/current/kafka-rest/api.html: 1 will stay, 2 may go away.
 */
function resultOfOne(entry: unknown): SingleResult {
  const { offset, error_code: code, error } = (entry ?? {}) as Record<string, unknown>;
  if (Number.isInteger(offset) && (code ?? 0) === 0) return { outcome: 'delivered' };
  const said = typeof error === 'string' ? error : 'no offset';
  const detail = excerpt(`Kafka: ${said} (${Number(code ?? 0)})`);
  return code === 1 && !/auth/i.test(said)
    ? { outcome: 'reject', reason: 'payload', detail }
    : { outcome: 'retry', reason: 'server', detail };
}
