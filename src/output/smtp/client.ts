import { createTransport, type NodemailerError } from 'nodemailer';
import type { Failure } from '../http-error.ts';
import type { Mail } from '../mail/mail.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Network } from '../network.ts';
import { CLOSED, TOO_LATE } from '../verdicts.ts';
import { poolOptions, type SmtpServer } from './pool.ts';
import { failureOf, replyText } from './result.ts';

/** Hands mails to one server. It keeps its connections, one for each mail under way. */
export interface SmtpClient {
  /** Never rejects. */
  post(letter: Letter, signal: AbortSignal): Promise<Posted>;
  /** Ends every connection, and what is under way with them. */
  close(): void;
}

/** A mail with its addresses. */
export interface Letter extends Mail {
  readonly from: Mailbox;
  /** Those it names as its recipients. */
  readonly to: readonly Mailbox[];
  /** Addresses of those who are to get it. */
  readonly recipients: readonly string[];
  /** In angle brackets. */
  readonly messageId: string;
}

/** What the server did with a mail. */
export interface Posted {
  /** Addresses of those for whom the server has it now. */
  readonly accepted: readonly string[];
  readonly refusals: readonly Refusal[];
  /** Why nobody has it; absent where somebody has. */
  readonly failure?: Failure;
}

/** What the server said about one recipient. */
export interface Refusal {
  readonly recipient: string;
  /** False: not now. */
  readonly isForGood: boolean;
  /** Its reply, as it may be shown. */
  readonly reply: string;
}

/** Connects with the first mail. */
export function createSmtpClient(server: SmtpServer, network: Network): SmtpClient {
  const closing = new AbortController();
  const transport = createTransport(poolOptions(server, network, closing.signal));
  const where = `${server.host}:${server.port}`;

  return {
    async post(letter, signal) {
      if (closing.signal.aborted) return nobody(CLOSED);
      if (signal.aborted) return nobody(TOO_LATE);
      try {
        const { accepted, rejectedErrors } = await transport.sendMail({ ...sent(letter), signal });
        return { accepted, refusals: refusalsIn(rejectedErrors) };
      } catch (error) {
        if (closing.signal.aborted) return nobody(CLOSED);
        const { rejectedErrors } = error as NodemailerError;
        return nobody(failureOf(error, where), refusalsIn(rejectedErrors));
      }
    },
    close() {
      closing.abort();
      transport.close({ force: true });
    },
  };
}

function nobody(failure: Failure, refusals: readonly Refusal[] = []): Posted {
  return { accepted: [], refusals, failure };
}

/** In nodemailer's words. */
function sent({ recipients, to, ...mail }: Letter) {
  return {
    ...mail,
    to: [...to],
    envelope: { from: mail.from.address, to: [...recipients] },
    // RFC 3834: no reply of a machine is wanted.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function refusalsIn(errors: readonly NodemailerError[] = []): Refusal[] {
  return errors.map((error) => ({
    recipient: error.recipient ?? '',
    isForGood: error.permanent === true,
    reply: replyText(error),
  }));
}
