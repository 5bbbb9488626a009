import type { NodemailerError } from 'nodemailer';
import type { FailureReason } from '../define.ts';
import { type Failure, httpErrorOf } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';

/**
 * What it means that nodemailer throws this. Only what the server said to the mail itself, after DATA,
 * may be the alert's fault; everything before it concerns the connection, the login or the addresses.
 *
 * @param where Host and port, for the reader.
 */
export function failureOf(error: unknown, where: string): Failure {
  const known = error as NodemailerError;
  const { code = '', responseCode, response, message } = known;
  if (code === 'EAUTH') return refusedLogin(known, where);
  if (code === 'ETLS') return retry('network', `${where}: no TLS: ${excerpt(response ?? message)}`);
  if (responseCode !== undefined) return failureOfReply(known, responseCode, where);
  return WITHOUT_REPLY[code]?.(known, where) ?? httpErrorOf(error).failure;
}

type Reader = (error: NodemailerError, where: string) => Failure;

const WITHOUT_REPLY: Readonly<Record<string, Reader>> = {
  EABORT: () => retry('timeout', 'no answer in time'),
  ECONNECTION: (_, where) => retry('network', `${where}: the connection was cut`),
  EENVELOPE: ({ message }, where) => retry('client', `${where}: ${excerpt(message)}`),
  EPROTOCOL: ({ message }, where) => retry('server', `${where}: ${excerpt(message)}`),
  ESOCKET: ({ originalCode, message }, where) =>
    httpErrorOf({ code: originalCode ?? 'ECONNRESET', message }, where).failure,
  ETIMEDOUT: failureOfTimeout,
};

function retry(reason: FailureReason, detail: string): Failure {
  return { outcome: 'retry', reason, detail };
}

/** The server's words are left out: it has just heard a password, and may repeat it. */
function refusedLogin({ responseCode = 0, response = '' }: NodemailerError, where: string) {
  const codes = [responseCode || '', enhancedCodeOf(response)].join(' ').trim();
  const isTemporary = responseCode >= 400 && responseCode < 500;
  return retry(isTemporary ? 'server' : 'auth', `${where}: the login is refused (${codes})`);
}

function failureOfTimeout({ timeoutType }: NodemailerError, where: string): Failure {
  const isSilent = timeoutType === 'SOCKET_TIMEOUT';
  return isSilent
    ? retry('timeout', `${where}: no answer in time`)
    : retry('network', `${where}: no connection in time`);
}

/** RFC 5321, 4.2: 4xx is for now, 5xx for good; RFC 3463 says more, where the server uses it. */
function failureOfReply(error: NodemailerError, code: number, where: string): Failure {
  const detail = `${where}: ${error.command ?? 'CONN'}: ${replyText(error)}`;
  const enhanced = enhancedCodeOf(error.response ?? '');
  if (error.permanent !== true) {
    return retry(enhanced.startsWith('4.7.') ? 'rateLimited' : 'server', detail);
  }
  const isAboutMail = error.code === 'EMESSAGE' && !NOT_ABOUT_THE_MAIL.test(enhanced);
  if (isAboutMail) return { outcome: 'reject', reason: 'payload', detail };
  return retry(LOGIN_WANTED.has(code) ? 'auth' : 'client', detail);
}

/** Addresses, mailboxes, quotas and routes; of those, 2.3 and 3.4 mean a mail that is too large. */
const NOT_ABOUT_THE_MAIL = /^5\.(?:[145]\.|2\.(?!3$)|3\.(?!4$))/;
/** RFC 4954, 6. */
const LOGIN_WANTED: ReadonlySet<number> = new Set([530, 534, 535, 538]);

function enhancedCodeOf(response: string): string {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';
}

/** The server's reply to one command, as it may be shown. */
export function replyText({ response, message }: NodemailerError): string {
  return excerpt(response ?? message);
}
