import { parseDuration } from '../../config/check/units.ts';
import { usageError } from './exit.ts';

/** `2026-11-03T10:00:00Z`: a point in time in a list. */
export function timeText(ms: number): string {
  return exactTime(ms).replace(/\.\d+Z$/, 'Z');
}

/** `2026-11-03T10:00:00.123Z` */
export function exactTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `3h`: how long something took or is ago, in one unit; two days and more in days. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** `2026-11-03T10:00:00.123Z (3h ago)` */
export function timeWithAge(ms: number, nowMs: number): string {
  return `${exactTime(ms)} (${lengthText(nowMs - ms)} ago)`;
}

/** A point in time as people give it: `1h` (ago), or a date with or without a time. */
export function parseWhen(text: string, option: string, nowMs: number): number {
  const agoMs = parseDuration(text);
  const ms = agoMs === undefined ? parseDate(text) : nowMs - agoMs;
  if (ms >= 0) return ms;
  throw usageError(
    `${option}: "${text}" is no time: write 30m, 24h, 7d, or 2026-11-03T10:00:00Z (UTC)`,
  );
}

/** Without a zone it is UTC, as in everything that is printed. */
function parseDate(text: string): number {
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return -1;
  const isZoned = /(Z|[+-]\d\d:\d\d)$/.test(text.slice(10));
  const iso = text.replace(' ', 'T');
  return Date.parse(isZoned || text.length === 10 ? iso : `${iso}Z`);
}

/** A length of time as people give it: `5m`. */
export function parseLength(text: string, option: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw usageError(`${option}: "${text}" is no length of time: write 30s, 5m, 2h`);
}

/** A whole number within bounds. */
export function parseCount(text: string, option: string, max: number): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw usageError(`${option}: "${text}" is not a whole number from 1 to ${max}`);
}
