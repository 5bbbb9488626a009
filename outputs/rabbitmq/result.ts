import type { FailureReason, SingleResult } from '../../src/output/define.ts';
import { HttpError, httpErrorOf } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';

/**
 * What the library throws when a channel or a connection ends: the server's words, with the code of
 * the reason at their end. None of it is about one alert.
 *
 * @see https://www.rabbitmq.com/amqp-0-9-1-reference#constants
 */
export function failureOf(error: unknown, where: string): SingleResult {
  if (error instanceof HttpError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  const known = httpErrorOf(error, where).failure;
  if (known.outcome === 'retry') return known;
  const code = Number(/\((\d{3})\)$/.exec(message)?.[1]);
  return { outcome: 'retry', reason: reasonOf(code), detail: excerpt(`${where}: ${message}`) };
}

function reasonOf(code: number): FailureReason {
  return REASONS[code] ?? (Number.isNaN(code) ? 'server' : 'client');
}

const REASONS: Readonly<Record<number, FailureReason>> = {
  311: 'client',
  320: 'server',
  403: 'auth',
  404: 'client',
  506: 'server',
  530: 'auth',
  541: 'server',
};

/** No queue is bound for it: the server would drop it. */
export function unroutable(routingKey: string, text: string): SingleResult {
  const detail = excerpt(`no queue takes the routing key ${routingKey}: ${text}`);
  return { outcome: 'retry', reason: 'client', detail };
}
