import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { deliveryKey } from '../../src/json.ts';
import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { assertResult } from '../contract/attempt.ts';
import { eventually } from './eventually.ts';
import type { KafkaCluster } from './kafka-cluster.ts';

/** Deliveries to a real cluster, and whether they are there. */

const corpus = readFileSync(new URL('../data/corpus/falco-alerts.ndjson', import.meta.url), 'utf8');
/** The alerts as they are in the file, so that every byte can be compared. */
export const deliveries: Delivery[] = corpus
  .trimEnd()
  .split('\n')
  .map((json) => ({ ...deliveryOf(alertWith()), json, key: deliveryKey(json) }));

export function numbered(batch: number, count: number): Delivery[] {
  return Array.from({ length: count }, (_, n) =>
    deliveryOf(alertWith({ output: `alert ${n} of batch ${batch}` })),
  );
}

export async function send(
  connection: Connection,
  batch: readonly Delivery[],
): Promise<SendResult> {
  const result = await connection.send(batch, { signal: AbortSignal.timeout(60_000) });
  assertResult(result, batch.length);
  return result;
}

/** As the engine does it: what was not delivered is sent again. */
export async function deliver(connection: Connection, batch: readonly Delivery[]): Promise<void> {
  let left = batch;
  await eventually('the alerts are delivered', async () => {
    left = (await sendOnce(connection, left)).undelivered;
    return left.length === 0;
  });
}

export async function sendOnce(connection: Connection, batch: readonly Delivery[]) {
  const result = await send(connection, batch);
  const results = result.outcome === 'partial' ? result.results : batch.map(() => result);
  return {
    undelivered: batch.filter((_, n) => results[n]?.outcome !== 'delivered'),
    failures: results.flatMap((single) => (single.outcome === 'delivered' ? [] : single.detail)),
  };
}

export async function assertArrived(
  cluster: KafkaCluster,
  topic: string,
  expected: readonly Delivery[],
  how: 'each once' | 'some twice' = 'each once',
): Promise<void> {
  // With acks of the leader alone consumers see a record a moment later.
  await eventually('the records can be read', async () => {
    return (await cluster.length(topic)) >= expected.length;
  });
  const values = (await cluster.read(topic)).map(({ value }) => value);
  const arrived = how === 'each once' ? values : [...new Set(values)];
  assertSame(
    arrived,
    expected.map(({ json }) => json),
  );
}

/** In any order. Tells of a few that differ, for there may be thousands. */
function assertSame(arrived: readonly string[], expected: readonly string[]): void {
  const missing = new Set(expected).difference(new Set(arrived));
  const foreign = new Set(arrived).difference(new Set(expected));
  assert.deepEqual([...missing].slice(0, 3), []);
  assert.deepEqual([...foreign].slice(0, 3), []);
  assert.equal(arrived.length, expected.length);
}
