/** Lengths of time and sizes as people write them. */

const MS_PER = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const BYTES_PER = {
  '': 1,
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
} as const;

/** Matches what `parseDuration` takes. */
export const DURATION_PATTERN = '^(0|\\d+(\\.\\d+)?(ms|s|m|h|d))$';

/** Matches what `parseBytes` takes. */
export const BYTES_PATTERN = '^\\d+(\\.\\d+)?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?$';

/** `1.5h` in milliseconds; undefined when it is not a length of time. */
export function parseDuration(text: string | number): number | undefined {
  if (text === 0) return 0;
  const match = new RegExp(DURATION_PATTERN).exec(String(text));
  if (match === null) return undefined;
  const unit = (match[3] ?? 'ms') as keyof typeof MS_PER;
  return Math.round(Number.parseFloat(match[0]) * MS_PER[unit]);
}

/** `64KiB` in bytes; undefined when it is not a size. */
export function parseBytes(text: string | number): number | undefined {
  const match = new RegExp(BYTES_PATTERN).exec(String(text));
  if (match === null) return undefined;
  const unit = (match[2] ?? '') as keyof typeof BYTES_PER;
  return Math.floor(Number.parseFloat(match[0]) * BYTES_PER[unit]);
}

/** `host:port` taken apart; an IPv6 host stands in brackets, an empty one means every address. */
export const HOST_PORT_PATTERN = '^(\\[[0-9A-Fa-f:.]+(%\\w+)?\\]|[A-Za-z0-9._-]*):\\d{1,5}$';

/** Whether a text is an address to listen on. */
export function isHostPort(text: string): boolean {
  const port = Number(text.slice(text.lastIndexOf(':') + 1));
  return new RegExp(HOST_PORT_PATTERN).test(text) && port <= 65_535;
}
