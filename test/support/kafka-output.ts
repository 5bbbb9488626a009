import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import kafka from '../../outputs/kafka/index.ts';
import type { KafkaSettings } from '../../outputs/kafka/settings.ts';
import type { Connection } from '../../src/output/define.ts';
import type { DialerOptions } from '../../src/output/dialer.ts';
import { httpClient, networkWith, settingsOf } from '../contract/attempt.ts';

/** Settings as somebody writes them. */
export type KafkaRaw = Partial<KafkaSettings> & { readonly brokers: readonly string[] };

/** The output on a topic of its own, closed when the test ends. */
export async function openKafka(
  t: TestContext,
  raw: KafkaRaw,
  common: Partial<DialerOptions> = {},
): Promise<Connection> {
  const settings = settingsOf(kafka, { topic: 'alerts', ...raw }).values as KafkaSettings;
  const ways = { network: networkWith(common), http: httpClient(t) };
  const connection = await kafka.open?.({ settings, ...ways, signal: AbortSignal.timeout(60_000) });
  assert.ok(connection);
  t.after(() => connection.close());
  return connection;
}
