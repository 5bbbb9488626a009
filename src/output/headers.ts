/** Headers with names in lower case; of one name the last counts. */
export function mergeHeaders(
  ...all: readonly Readonly<Record<string, string>>[]
): Record<string, string> {
  const entries = all.flatMap((headers) => Object.entries(headers));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
