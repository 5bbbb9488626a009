import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import smtp from '../../outputs/smtp/index.ts';
import type { SmtpSettings } from '../../outputs/smtp/settings.ts';
import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import type { DialerOptions } from '../../src/output/dialer.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { assertResult, networkWith, settingsOf } from '../contract/attempt.ts';

export interface OpenedSmtp {
  readonly connection: Connection;
  /** One attempt, with a plain alert unless told otherwise. */
  readonly send: (deliveries?: readonly Delivery[], signal?: AbortSignal) => Promise<SendResult>;
  /** Opens another connection of the same output, as the engine does after a failure. */
  reopen(): Promise<Connection>;
}

/** The mail output to a server without TLS on this host, unless told otherwise; closed with the test. */
export async function openSmtp(
  t: TestContext,
  raw: Partial<SmtpSettings> & { readonly host: string },
  common: Partial<DialerOptions> = {},
): Promise<OpenedSmtp> {
  const given = { encryption: 'none', from: 'falco@example.org', to: ['soc@example.org'], ...raw };
  const settings = settingsOf(smtp, given).values as SmtpSettings;
  async function reopen(): Promise<Connection> {
    const signal = AbortSignal.timeout(60_000);
    const network = networkWith(common);
    const connection = await smtp.open?.({ settings, signal, network, http: undefined as never });
    assert.ok(connection);
    t.after(() => connection.close());
    return connection;
  }
  const connection = await reopen();
  async function send(
    deliveries: readonly Delivery[] = [deliveryOf(alertWith())],
    signal: AbortSignal = AbortSignal.timeout(60_000),
  ): Promise<SendResult> {
    const result = await connection.send(deliveries, { signal });
    assertResult(result, deliveries.length);
    return result;
  }
  return { connection, send, reopen };
}
