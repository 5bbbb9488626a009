import type { FailureReason } from '../define.ts';
import { type Failure, httpErrorOf } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';

/**
 * What an error of PostgreSQL's means for the alerts. Only values that a column does not take are
 * about an alert; the rest is about the server, the role or the table.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function resultOfPostgres(error: unknown, where: string): Failure {
  const { code, message, severity } = error as Partial<Record<string, unknown>>;
  if (typeof code === 'string' && typeof severity === 'string') {
    const reason = reasonOf(code);
    const outcome = reason === 'payload' ? 'reject' : 'retry';
    const hint = HINTS[code];
    const text = `${where}: ${hint === undefined ? '' : `${hint}: `}${String(message)} (${code})`;
    return { outcome, reason, detail: excerpt(text) };
  }
  if (error instanceof Error && LIBRARY_ENDED.test(error.message)) return hungUp(where);
  const { failure } = httpErrorOf(error, where);
  if (error instanceof Error && error.message.startsWith('SASL: ')) {
    return { outcome: 'retry', reason: 'auth', detail: excerpt(`${where}: ${error.message}`) };
  }
  // Whoever answers what the library cannot read is no PostgreSQL server.
  return failure.outcome === 'reject' ? stranger(where, failure.detail) : failure;
}

const LIBRARY_ENDED = /^(?:Connection terminated|Client was closed|Client has encountered)/;

function hungUp(where: string): Failure {
  return { outcome: 'retry', reason: 'network', detail: `${where}: the connection was cut` };
}

function stranger(where: string, said: string): Failure {
  const detail = excerpt(`${where}: is it a PostgreSQL server? ${said}`);
  return { outcome: 'retry', reason: 'client', detail };
}

function reasonOf(code: string): FailureReason {
  return CODES[code] ?? CLASSES[code.slice(0, 2)] ?? 'client';
}

const CODES: Readonly<Record<string, FailureReason>> = {
  '25006': 'server',
  '42501': 'auth',
  '53400': 'client',
};

const CLASSES: Readonly<Record<string, FailureReason>> = {
  '08': 'network',
  '22': 'payload',
  '23': 'payload',
  '28': 'auth',
  '40': 'server',
  '53': 'server',
  '54': 'payload',
  '55': 'server',
  '57': 'server',
  '58': 'server',
  XX: 'server',
};

const HINTS: Readonly<Record<string, string>> = {
  '25006': 'a standby takes nothing: name the primary',
  '42501': 'the role may not: grant it INSERT',
  '42703': 'the table lacks a column',
  '42P01': 'there is no such table: make it',
};
