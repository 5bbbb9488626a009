import type { Provenance } from '../../src/alert.ts';
import type { Delivery, SingleResult } from '../../src/output/define.ts';
import { hopsOf, rejectedLoop } from '../../src/output/loop.ts';
import { endingAgentOf } from '../../src/output/resolution.ts';

/** The part of `tocsin.ingest.v1.Alert` that a hub fills in. */
export interface ForwardedAlert {
  readonly raw_json: string;
  readonly origin: string;
  readonly hops: number;
  readonly read_as: string;
}

export type Payload =
  | { readonly alert: ForwardedAlert }
  /** The alert goes no further. */
  | { readonly reject: SingleResult };

/** The other hub ends the call on requests over 4 MiB; the rest of a request needs far less. */
const JSON_BYTES_MAX = 4 * 1024 * 1024 - 4096;

/** What is sent of a delivery: its JSON untouched, so that both hubs know it by the same key. */
export function payloadOf(delivery: Delivery): Payload {
  const { ingest, json } = delivery;
  const loop = rejectedLoop(delivery);
  if (loop !== undefined) return { reject: loop };
  if (Buffer.byteLength(json) > JSON_BYTES_MAX) return { reject: TOO_LARGE };
  const readAs = endingAgentOf(ingest) ?? '';
  const way = { origin: originOf(ingest), hops: hopsOf(delivery), read_as: readAs };
  return { alert: { raw_json: json, ...way } };
}

const TOO_LARGE: SingleResult = {
  outcome: 'reject',
  reason: 'payload',
  detail: 'too_large: the alert is larger than the 4 MiB another hub takes',
};

/** Who sent the alert to the first hub: as another hub said it, else as this one knows it. */
function originOf({ origin, identity, peer }: Provenance): string {
  return origin ?? identity ?? peer ?? '';
}
