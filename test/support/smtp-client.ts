import type { TestContext } from 'node:test';
import type { DialerOptions } from '../../src/output/dialer.ts';
import {
  createSmtpClient,
  type Letter,
  type Posted,
  type SmtpClient,
} from '../../src/output/smtp/client.ts';
import type { SmtpServer } from '../../src/output/smtp/pool.ts';
import { assertResult, networkWith, verdictOf } from '../contract/attempt.ts';

export interface OpenedClient {
  readonly client: SmtpClient;
  /** Posts `LETTER`, or one that differs in something. */
  post(changes?: Partial<Letter>, signal?: AbortSignal): Promise<Posted>;
}

export const LETTER: Letter = {
  from: { name: 'Falco', address: 'falco@example.org' },
  to: [{ name: '', address: 'soc@example.org' }],
  recipients: ['soc@example.org'],
  messageId: '<1@example.org>',
  subject: 'A shell was opened',
  date: new Date('2026-08-11T00:04:09Z'),
  text: 'In a container.\n',
};

/** A client of a server on this host, without TLS and login unless told otherwise; closed with the test. */
export function openSmtpClient(
  t: TestContext,
  server: Partial<SmtpServer> & { readonly port: number },
  common: Partial<DialerOptions> = {},
): OpenedClient {
  const plain = { host: '127.0.0.1', encryption: 'none', heloName: undefined } as const;
  const whole: SmtpServer = { ...plain, login: { auth: 'none' }, ...server };
  const client = createSmtpClient(whole, networkWith(common));
  t.after(() => client.close());
  return {
    client,
    async post(changes = {}, signal = AbortSignal.timeout(60_000)) {
      const posted = await client.post({ ...LETTER, ...changes }, signal);
      if (posted.failure !== undefined) assertResult(posted.failure, 1);
      return posted;
    },
  };
}

/** `taken`, or what it means that nobody has the mail. */
export function fateOf({ failure }: Posted): string {
  return failure === undefined ? 'taken' : verdictOf(failure);
}
