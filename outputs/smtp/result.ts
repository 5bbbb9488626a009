import type { NodemailerError } from 'nodemailer';
import type { FailureReason, SingleResult } from '../../src/output/define.ts';
import { httpErrorOf } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';

/**
 * What nodemailer throws, as a result. Only what the server said to the mail itself, after DATA, may be
 * the alert's fault; everything before it concerns the connection, the login or the addresses.
 *
 * @param where Host and port, for the reader.
 */
export function resultOfSmtpError(error: unknown, where: string): SingleResult {
  const known = error as NodemailerError;
  const { code = '', responseCode, response, message } = known;
  if (code === 'EAUTH') return refusedLogin(known, where);
  if (code === 'ETLS') return retry('network', `${where}: no TLS: ${excerpt(response ?? message)}`);
  if (responseCode !== undefined) return resultOfReply(known, responseCode, where);
  return WITHOUT_REPLY[code]?.(known, where) ?? httpErrorOf(error).failure;
}

type Reader = (error: NodemailerError, where: string) => SingleResult;

const WITHOUT_REPLY: Readonly<Record<string, Reader>> = {
  EABORT: () => retry('timeout', 'no answer in time'),
  ECONNECTION: (_, where) => retry('network', `${where}: the connection was cut`),
  EENVELOPE: ({ message }, where) => retry('client', `${where}: ${excerpt(message)}`),
  EPROTOCOL: ({ message }, where) => retry('server', `${where}: ${excerpt(message)}`),
  ESOCKET: ({ originalCode, message }, where) =>
    httpErrorOf({ code: originalCode ?? 'ECONNRESET', message }, where).failure,
  ETIMEDOUT: resultOfTimeout,
};

function retry(reason: FailureReason, detail: string): SingleResult {
  return { outcome: 'retry', reason, detail };
}

/** The server's words are left out: it has just heard a password, and may repeat it. */
function refusedLogin({ responseCode = 0, response = '' }: NodemailerError, where: string) {
  const codes = [responseCode || '', enhancedCodeOf(response)].join(' ').trim();
  const isTemporary = responseCode >= 400 && responseCode < 500;
  return retry(isTemporary ? 'server' : 'auth', `${where}: the login is refused (${codes})`);
}

function resultOfTimeout({ timeoutType }: NodemailerError, where: string): SingleResult {
  const isSilent = timeoutType === 'SOCKET_TIMEOUT';
  return isSilent
    ? retry('timeout', `${where}: no answer in time`)
    : retry('network', `${where}: no connection in time`);
}

/** RFC 5321, 4.2: 4xx is for now, 5xx for good; RFC 3463 says more, where the server uses it. */
function resultOfReply(error: NodemailerError, code: number, where: string): SingleResult {
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
