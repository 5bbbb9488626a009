/** Events of one format, from one host where the event names it, that are no alert. */
export interface Quiet {
  /** As which an alert of it would be read: `tetragon`. */
  readonly agent: string;
  /** Empty: the event does not say. */
  readonly hostname: string;
  count: number;
}

/** What a body holds beside alerts. It is answered like them, so it is counted and not lost. */
export class QuietEvents {
  readonly #all: Quiet[] = [];

  add(agent: string, hostname = ''): void {
    const last = this.#all.at(-1);
    if (last?.agent === agent && last.hostname === hostname) last.count += 1;
    else this.#all.push({ agent, hostname, count: 1 });
  }

  /** Those of neighbours that are alike as one: no more than the body has events. */
  all(): readonly Quiet[] {
    return this.#all;
  }
}
