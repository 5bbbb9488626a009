const LINE_FEED = 0x0a;

/** A line of a source, without its line feed. */
export interface RawLine {
  readonly bytes: Buffer;
  /** Offset in the source. */
  readonly startsAt: number;
}

export interface SplitLines {
  readonly lines: readonly RawLine[];
  /** Bytes up to and with the last line feed; what is behind it is not ended yet. */
  readonly endedBytes: number;
}

/** The lines that end within these bytes, which stand at `offset` of their source. */
export function splitLines(bytes: Buffer, offset: number): SplitLines {
  const lines: RawLine[] = [];
  let from = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
    lines.push({ bytes: bytes.subarray(from, at), startsAt: offset + from });
    from = at + 1;
  }
  return { lines, endedBytes: from };
}
