import type { Connection, Delivery, FailureReason, SingleResult } from '../define.ts';
import type { Failure } from '../http-error.ts';
import type { HttpClient } from '../http.ts';
import type { Network } from '../network.ts';
import { tokenOrGrant } from '../oauth.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { keepSession, type Session } from '../session.ts';
import type { ProducerOptions } from './client.ts';
import type { Refusal } from './errors.ts';
import type { KafkaRecord } from './partitions.ts';
import { openSession, type ProducerSession } from './session.ts';

export interface ProducerParts {
  readonly network: Network;
  /** For tokens. */
  readonly http: HttpClient;
  readonly recordOf: (delivery: Delivery) => KafkaRecord;
  /**
   * What it means that a broker refuses records. It refuses all of one request; where that is a
   * `reject`, halves of them are sent until it is known which are meant.
   */
  readonly refusalOf: (refusal: Refusal) => Failure;
}

/** A producer of a record for each delivery, which all attempts share. Connects with the first. */
export function openProducer(options: ProducerOptions, parts: ProducerParts): Connection {
  const { network, http, recordOf, refusalOf } = parts;
  const { idempotent, sasl = {} } = options;
  const tokens = tokenOrGrant(http, sasl);

  async function open(signal: AbortSignal): Promise<Session> {
    const session = await openSession(options, { network, tokens, refusalOf }, signal);
    const inTurn = oneAtATime();
    return {
      // It connects again by itself.
      isOpen: () => true,
      send(deliveries) {
        const sendAll = () => sendOver(session, deliveries.map(recordOf));
        // Brokers tell records apart by their numbers alone: nobody may use any while some are in doubt.
        return idempotent ? inTurn(signal, sendAll) : sendAll();
      },
    };
  }

  return keepSession({
    open,
    isLast: (result) => result.outcome === 'retry' && (idempotent || ENDS.has(result.reason)),
  });
}

/**
 * After these a session is replaced; what a broker has said no to is no reason. Numbered records need
 * a new one after every failure: their numbers would be used again, for others (see `untilCertain`).
 */
const ENDS: ReadonlySet<FailureReason> = new Set(['auth', 'bug', 'network', 'timeout']);

/** One result for each record, in order. */
async function sendOver(
  session: ProducerSession,
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
  session: ProducerSession,
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
