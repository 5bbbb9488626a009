import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import elasticsearch from '../../outputs/elasticsearch/index.ts';
import type { Delivery, SingleResult } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { attempt, httpClient, settingsOf } from '../contract/attempt.ts';
import {
  type Destination,
  type Received,
  type Reply,
  startDestination,
} from '../contract/server.ts';

/** The output elasticsearch before a server that says what a test wants. */

export interface Place {
  readonly destination: Destination;
  readonly send: (deliveries: readonly Delivery[]) => ReturnType<typeof attempt>;
}

export async function place(
  t: TestContext,
  reply: (request: Received) => Reply,
  more: object = {},
): Promise<Place> {
  const destination = await startDestination(t, reply);
  const settings = settingsOf(elasticsearch, { nodes: [destination.origin], ...more });
  const http = httpClient(t);
  return {
    destination,
    send: (deliveries) => attempt(elasticsearch, { settings, http }, deliveries),
  };
}

/** Alerts that are told apart by their rules. */
export function batch(count: number): Delivery[] {
  return Array.from({ length: count }, (_, n) => deliveryOf(alertWith({ rule: `Rule ${n}` })));
}

/** One result for each alert; fails on anything else. */
export async function resultsOf(
  { send }: Place,
  deliveries: readonly Delivery[],
): Promise<SingleResult[]> {
  const result = await send(deliveries);
  assert.ok(result.outcome === 'partial', JSON.stringify(result));
  return [...result.results];
}
