/** Labels of one stream, by name. */
export type Labels = Readonly<Record<string, string>>;

/** One line of the stream that has these labels. */
export interface Entry {
  readonly labels: Labels;
  /** Since 1970. */
  readonly timeNs: bigint;
  readonly line: string;
}

export interface Stream {
  readonly labels: Labels;
  readonly entries: readonly Entry[];
}

/** Entries by their stream, in the order in which the streams turn up. */
export function streamsOf(entries: readonly Entry[]): Stream[] {
  const groups = Map.groupBy(entries, ({ labels }) => JSON.stringify(labels));
  return [...groups.values()].map((group) => ({
    labels: group[0]?.labels ?? {},
    entries: group,
  }));
}
