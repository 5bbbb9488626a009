import { type Alert, PRIORITIES, type Priority, type Provenance } from '../alert.ts';
import { alertFromJson, deliveryKey } from '../json.ts';
import type { Delivery } from '../output/define.ts';
import type { StoredAlert } from '../queue/queue.ts';
import { LATE_MS } from './limits.ts';

/** A stored alert as an adapter sees it; what costs time is done when it is asked for. */
export class StoredDelivery implements Delivery {
  readonly json: string;
  readonly receivedAtMs: number;
  readonly lateMs?: number;
  readonly #stored: StoredAlert;
  #alert: Alert | undefined;
  #key: string | undefined;

  constructor(stored: StoredAlert, nowMs: number) {
    this.#stored = stored;
    this.json = stored.json;
    this.receivedAtMs = stored.receivedAtMs;
    const ageMs = nowMs - stored.receivedAtMs;
    if (ageMs >= LATE_MS) this.lateMs = ageMs;
  }

  get alert(): Alert {
    this.#alert ??= alertFromJson(this.json, this.ingest, this.#stored.receivedAtMs);
    return this.#alert;
  }

  /** Each priority is a shard of the queue. */
  get priority(): Priority {
    return PRIORITIES[this.#stored.position.shard] as Priority;
  }

  get ingest(): Provenance {
    return provenanceOf(this.#stored.ingest);
  }

  get key(): string {
    this.#key ??= deliveryKey(this.json);
    return this.#key;
  }
}

/** A sender's alerts say the same of where they come from, and there are few senders. */
let last: { readonly text: string; readonly provenance: Provenance } | undefined;

function provenanceOf(text: string): Provenance {
  if (last?.text !== text) last = { text, provenance: JSON.parse(text) as Provenance };
  return last.provenance;
}
