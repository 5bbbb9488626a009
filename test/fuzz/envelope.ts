/** An input of two parts: how it is sent, as a line of JSON, and what is sent. */

export function withManner(manner: object, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(manner)}\n`), body]);
}

/** Undefined where the first line is none, as happens to an input that is being made smaller. */
export function readManner(input: Buffer): { manner: object; body: Buffer } | undefined {
  const end = input.indexOf('\n');
  if (end < 0) return undefined;
  try {
    const manner: unknown = JSON.parse(input.toString('utf8', 0, end));
    return manner instanceof Object ? { manner, body: input.subarray(end + 1) } : undefined;
  } catch {
    return undefined;
  }
}
