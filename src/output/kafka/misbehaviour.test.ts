import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery, SingleResult } from '../define.ts';
import { alertWith, deliveryOf } from '../../../test/contract/alerts.ts';
import { assertResult } from '../../../test/contract/attempt.ts';
import {
  CODES,
  type KafkaBroker,
  startBroker,
  type Verdict,
} from '../../../test/support/kafka-broker.ts';
import { openTestProducer } from '../../../test/support/kafka-producer.ts';
import { Random } from '../../../test/support/random.ts';

/** Whatever a broker does, an alert that is told to be delivered is there. */

const ROUNDS = 50;
const PARTITIONS = 2;

for (const idempotent of [true, false]) {
  for (const keyed of [false, true]) {
    const name = `${idempotent ? 'numbered' : 'plain'} records ${keyed ? 'with' : 'without'} keys`;
    test(`${name} are where they are told to be`, { timeout: 240_000 }, async (t) => {
      const random = new Random(20_261_122);
      const broker = await startBroker(t);
      broker.partitions = PARTITIONS;
      let last: Verdict = 'take';
      broker.onProduce = () => (last = verdict(random, last));
      const connection = openTestProducer(t, {
        brokers: [broker.place],
        idempotent,
        keyOf: ({ alert }) => (keyed ? (alert.hostname ?? null) : null),
      });
      for (let round = 0; round < ROUNDS; round += 1) {
        const batch = batchOf(round, random);
        misbehave(broker, random);
        const from = broker.taken.length;
        const result = await connection.send(batch, { signal: AbortSignal.timeout(300) });
        assertResult(result, batch.length);
        const results = result.outcome === 'partial' ? result.results : batch.map(() => result);
        assertTaken(
          broker.taken.slice(from).map(({ value }) => value),
          batch,
          results,
          idempotent,
        );
      }
    });
  }
}

/** What is asked again after a lost answer is often refused: the worst for records with numbers. */
function verdict(random: Random, last: Verdict): Verdict {
  if (last === 'lost' && random.chance(0.7)) return { code: CODES.UNKNOWN_TOPIC_OR_PARTITION };
  if (random.chance(0.7)) return 'take';
  return random.pick<Verdict>([
    'lost',
    'lost',
    'cut',
    { code: CODES.NOT_ENOUGH_REPLICAS },
    { code: CODES.MESSAGE_TOO_LARGE },
    { code: CODES.UNKNOWN_TOPIC_OR_PARTITION },
    { code: CODES.TOPIC_AUTHORIZATION_FAILED },
  ]);
}

function misbehave(broker: KafkaBroker, random: Random): void {
  broker.leaderless.clear();
  if (random.chance(0.1)) broker.leaderless.add(random.below(PARTITIONS));
  if (random.chance(0.1)) broker.disconnect();
  broker.partitions = random.chance(0.1) ? 1 : PARTITIONS;
}

/** Few sizes, so that one batch is easily taken for another. */
function batchOf(round: number, random: Random): Delivery[] {
  return Array.from({ length: 1 + random.below(2) }, (_, n) =>
    deliveryOf(alertWith({ output: `${round}/${n}`, hostname: `node-${random.below(6)}` })),
  );
}

function assertTaken(
  taken: readonly string[],
  batch: readonly Delivery[],
  results: readonly SingleResult[],
  idempotent: boolean,
): void {
  for (const [n, { json }] of batch.entries()) {
    const times = taken.filter((value) => value === json).length;
    const result = JSON.stringify(results[n]);
    if (results[n]?.outcome === 'delivered') assert.ok(times >= 1, `lost: ${json}`);
    if (results[n]?.outcome === 'reject') assert.equal(times, 0, `refused and taken: ${result}`);
    if (idempotent) assert.ok(times <= 1, `taken ${times} times in one attempt: ${result}`);
  }
}
