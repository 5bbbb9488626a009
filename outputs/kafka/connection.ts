import type { Connection, SendResult, SingleResult } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import type { Network } from '../../src/output/network.ts';
import { abortable, oneAtATime } from '../../src/output/one-at-a-time.ts';
import { CLOSED, combined } from '../../src/output/verdicts.ts';
import { type KafkaRecord, recordMaker } from './payload.ts';
import { openSession, type Session } from './session.ts';
import type { KafkaSettings } from './settings.ts';
import { createTokenSource } from './token.ts';

export interface Ways {
  readonly network: Network;
  /** For tokens. */
  readonly http: HttpClient;
}

/** Keeps a session for all attempts. One that failed is replaced by the next attempt. */
export function openConnection(settings: KafkaSettings, { network, http }: Ways): Connection {
  const recordOf = recordMaker(settings);
  const tokens = createTokenSource(settings.sasl, http);
  // Brokers tell records apart by their numbers alone: nobody may use any while some are in doubt.
  const inTurn = settings.idempotent ? oneAtATime() : atOnce;
  let current: Session | undefined;
  let isClosed = false;

  function giveUp(session: Session): void {
    session.destroy();
    if (current === session) current = undefined;
  }

  async function attempt(
    records: readonly KafkaRecord[],
    signal: AbortSignal,
  ): Promise<SendResult> {
    current ??= openSession(settings, network, tokens);
    const session = current;
    const onAbort = (): void => giveUp(session);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const failure = await session.connect();
      const results = failure ? [failure] : await sendOver(session, records);
      if (failure || results.some((result) => isEnd(result, settings))) giveUp(session);
      if (results.some(isAboutCredentials)) tokens.forget();
      return combined(results);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  return {
    async send(deliveries, { signal }) {
      if (isClosed) return CLOSED;
      if (signal.aborted) return TOO_LATE;
      const records = deliveries.map(recordOf);
      try {
        return await inTurn(signal, () => attempt(records, signal));
      } catch (error) {
        if (signal.aborted) return TOO_LATE;
        if (isClosed) return CLOSED;
        throw error;
      }
    },
    async close() {
      isClosed = true;
      current?.destroy();
    },
  };
}

function atOnce<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return abortable(work(), signal);
}

const TOO_LATE: SendResult = {
  outcome: 'retry',
  reason: 'timeout',
  detail: 'no broker answered before the time of the attempt was up',
};

/** One result for each record, in order. */
async function sendOver(
  session: Session,
  records: readonly KafkaRecord[],
): Promise<SingleResult[]> {
  const results: SingleResult[] = [];
  const groups = session.groupsOf(records).map(async ({ partition, records, positions }) => {
    const ofGroup = await produce(session, partition, records);
    for (const [n, position] of positions.entries()) results[position] = ofGroup[n] as SingleResult;
  });
  await Promise.all(groups);
  return results;
}

/** Brokers refuse records of one request together: halves show which is meant. */
async function produce(
  session: Session,
  partition: number,
  records: readonly KafkaRecord[],
): Promise<SingleResult[]> {
  const result = await session.produce(partition, records);
  if (result.outcome !== 'reject' || records.length === 1) return records.map(() => result);
  const middle = records.length >> 1;
  return [
    ...(await produce(session, partition, records.slice(0, middle))),
    ...(await produce(session, partition, records.slice(middle))),
  ];
}

/** Whether a session goes on after a result. What a broker has said no to is its last word. */
function isEnd(result: SingleResult, { idempotent }: KafkaSettings): boolean {
  if (result.outcome !== 'retry') return false;
  // Its numbers would be used again, for others (see `untilCertain`).
  return idempotent || ENDS.has(result.reason);
}

const ENDS: ReadonlySet<string> = new Set(['auth', 'bug', 'network', 'timeout']);

function isAboutCredentials(result: SingleResult): boolean {
  return result.outcome === 'retry' && result.reason === 'auth';
}
