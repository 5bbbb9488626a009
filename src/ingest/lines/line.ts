/** A line as its program wrote it, and what the log around it says of it. */
export interface UnwrappedLine {
  readonly text: string;
  /** The line goes on in the next one of the same stream. */
  readonly isPart: boolean;
  /** Lines of different streams are put together apart: `stdout`, the id of a container. */
  readonly stream: string;
  /** When the log took the line, in ms since 1970; absent where it does not say. */
  readonly writtenAtMs?: number;
  /** Empty where the log does not say. */
  readonly hostname: string;
}

/** A container's id has 64 digits. A line that waits for its end keeps the name. */
const STREAM_LENGTH_MAX = 64;

/** The name of a stream, as far as it is kept. */
export function streamOf(name: string): string {
  return name.slice(0, STREAM_LENGTH_MAX);
}

/** Undefined for what is no JSON object. */
export function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** For an `UnwrappedLine`, where a time is no time. */
export function writtenAt(ms: number): { readonly writtenAtMs?: number } {
  return Number.isFinite(ms) ? { writtenAtMs: ms } : {};
}
