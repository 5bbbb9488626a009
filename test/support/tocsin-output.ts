import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import tocsin from '../../outputs/tocsin/index.ts';
import type { TocsinSettings } from '../../outputs/tocsin/settings.ts';
import type { Connection } from '../../src/output/define.ts';
import type { DialerOptions } from '../../src/output/dialer.ts';
import { networkWith, settingsOf } from '../contract/attempt.ts';

/** The output that forwards to another hub, closed when the test ends. */
export async function openOutput(
  t: TestContext,
  raw: Partial<TocsinSettings> & { readonly address: string },
  common: Partial<DialerOptions> = {},
): Promise<Connection> {
  const settings = settingsOf(tocsin, raw).values as TocsinSettings;
  const signal = AbortSignal.timeout(60_000);
  const network = networkWith(common);
  const connection = await tocsin.open?.({ settings, signal, network, http: undefined as never });
  assert.ok(connection);
  t.after(() => connection.close());
  return connection;
}
