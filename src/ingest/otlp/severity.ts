import type { Priority } from '../../alert.ts';
import { severityPriority } from '../normalise/severity.ts';

/** The upper end of each range of severity numbers. */
const BY_NUMBER: readonly (readonly [max: number, priority: Priority])[] = [
  [8, 'debug'],
  [9, 'informational'],
  [12, 'notice'],
  [16, 'warning'],
  [17, 'error'],
  [18, 'critical'],
  [20, 'alert'],
  [24, 'emergency'],
];

/**
 * The priority of a record: by the name of its severity if that is one that is known, else by its
 * number. Undefined where it has neither.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/ (Syslog)
 */
export function recordPriority(text: unknown, number: unknown): Priority | undefined {
  const named = severityPriority(text);
  if (named !== undefined) return named;
  const level = Number(number);
  if (!Number.isInteger(level) || level < 1) return undefined;
  return BY_NUMBER.find(([max]) => level <= max)?.[1];
}
