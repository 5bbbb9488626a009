import type { Delivery } from '../../src/output/define.ts';
import { type AlertFormat, documentLines } from '../../src/output/alert-document.ts';

/**
 * What one batch appends. A crash or a full disk can leave half a line at the end of the file: the
 * batch then begins with a line break, so that the half line spoils nothing but itself.
 */
export function appendedText(
  deliveries: readonly Delivery[],
  format: AlertFormat,
  afterTornLine: boolean,
): string {
  const lines = documentLines(deliveries, format);
  return afterTornLine ? `\n${lines}` : lines;
}

/** `20261122T105735.123Z`: sorts by time, and needs no quoting in a shell. */
export function archiveStamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll('-', '').replaceAll(':', '');
}

/** Whether `name` is an archive of the file called `base`, packed, half packed or not. */
export function isArchive(base: string, name: string): boolean {
  return name.startsWith(`${base}.`) && ARCHIVE_END.test(name.slice(base.length));
}

const ARCHIVE_END = /^\.\d{8}T\d{6}\.\d{3}Z(\.gz(\.part)?)?$/;
