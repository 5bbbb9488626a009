import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Connection, Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf, oddAlerts } from './alerts.ts';
import { assertResult, verdictOf } from './attempt.ts';

/** What the contract must know about an output that keeps a connection. */
export interface ConnectionProbe {
  /** Connects to a real other side, which lasts until the test ends. */
  connect(t: TestContext): Promise<{
    readonly connection: Connection;
    /** Fails unless exactly these alerts have arrived so far, whole and harmless. */
    readonly check: (deliveries: readonly Delivery[]) => Promise<void> | void;
  }>;
  /** Connects to one that takes nothing and says nothing. Absent: there is no such thing. */
  connectToHung?(t: TestContext): Promise<Connection>;
}

const OPTIONS = { timeout: 120_000 };

/** Declares the tests that such an output must pass; called from `contract.test.ts` beside it. */
export function connectionContract(id: string, probe: ConnectionProbe): void {
  test(`${id}: odd alerts arrive whole and harmless`, OPTIONS, async (t) => {
    const { connection, check } = await probe.connect(t);
    const deliveries = oddAlerts(20_261_122, 300).map((alert) => deliveryOf(alert));
    for (let from = 0; from < deliveries.length; from += 40) {
      const batch = deliveries.slice(from, from + 40);
      const result = await connection.send(batch, { signal: AbortSignal.timeout(60_000) });
      assertResult(result, batch.length);
      assert.equal(verdictOf(result), 'delivered');
    }
    await check(deliveries);
  });

  test(`${id}: an attempt whose time is up sends nothing and says so`, OPTIONS, async (t) => {
    const { connection, check } = await probe.connect(t);
    const delivery = deliveryOf(alertWith());
    const result = await connection.send([delivery], { signal: AbortSignal.abort() });
    assertResult(result, 1);
    assert.equal(verdictOf(result), 'retry/timeout');
    await check([]);
  });

  if (probe.connectToHung === undefined) return;
  test(`${id}: one that hangs is left when the signal aborts, each time`, OPTIONS, async (t) => {
    const connection = await probe.connectToHung?.(t);
    for (let attempts = 0; attempts < 3; attempts += 1) {
      const signal = AbortSignal.timeout(50);
      const result = await connection?.send([deliveryOf(alertWith())], { signal });
      assert.equal(result && verdictOf(result), 'retry/timeout');
    }
  });
}
