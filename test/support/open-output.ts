import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type {
  Connection,
  Delivery,
  OutputDefinition,
  SendResult,
} from '../../src/output/define.ts';
import type { DialerOptions } from '../../src/output/dialer.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { assertResult, httpClient, networkWith, settingsOf } from '../contract/attempt.ts';

export interface OpenedOutput {
  readonly connection: Connection;
  /** One attempt, with a plain alert unless told otherwise. */
  send(deliveries?: readonly Delivery[], withinMs?: number): Promise<SendResult>;
}

/** An output that keeps a connection, closed when the test ends. */
export async function openOutput(
  t: TestContext,
  definition: OutputDefinition,
  raw: object,
  common: Partial<DialerOptions> = {},
): Promise<OpenedOutput> {
  const settings = settingsOf(definition, raw).values;
  const ways = { network: networkWith(common), http: httpClient(t) };
  const signal = AbortSignal.timeout(60_000);
  const connection = await definition.open?.({ settings, ...ways, signal });
  assert.ok(connection);
  t.after(() => connection.close());
  async function send(
    deliveries: readonly Delivery[] = [deliveryOf(alertWith())],
    withinMs = 60_000,
  ): Promise<SendResult> {
    assert.ok(connection);
    const result = await connection.send(deliveries, { signal: AbortSignal.timeout(withinMs) });
    assertResult(result, deliveries.length);
    return result;
  }
  return { connection, send };
}

/** Deliveries that can be told apart by the end of their output. */
export function numbered(count: number, from = 0): Delivery[] {
  return Array.from({ length: count }, (_, n) =>
    deliveryOf(alertWith({ output: `number ${from + n}.` })),
  );
}
