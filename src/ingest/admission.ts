/**
 * The contract between the doors and the hub: documents in, durable alerts or a refusal out. HTTP
 * and gRPC both end in `admit.ts`, which implements it.
 */

/** Who sends, as far as the transport knows. */
export interface Sender {
  readonly input: 'http' | 'grpc' | 'syslog' | 'file' | 'auditd';
  /** Address without port. */
  readonly peer: string;
  /** The name a token, user or certificate proved. */
  readonly identity?: string;
  /** Hubs the alert has passed already. */
  readonly hops?: number;
  /** Name of the first sender when another hub forwards. */
  readonly origin?: string;
  /** Agent as which the first hub read what another one forwards; absent: as this one reads it. */
  readonly readAs?: string;
  /** The hub's own test alert: it passes every output's minimum priority. */
  readonly test?: boolean;
  /** It sends again what was not taken, as API servers do and Falco does not. */
  readonly resends?: boolean;
  /** Anybody could have written the address, as in a datagram. */
  readonly isClaimed?: boolean;
}

/** Who is held to account: the proven identity, else the address. */
export function nameOf({ identity, peer }: Pick<Sender, 'identity' | 'peer'>): string {
  return identity ?? peer;
}

/** Whose rate and share a sender takes: each input has limits of its own. */
export function accountOf(sender: Sender): string {
  return `${sender.input} ${nameOf(sender)}`;
}

export type ItemResult =
  | { readonly outcome: 'accepted'; readonly uuid: string }
  | { readonly outcome: 'duplicate'; readonly uuid: string }
  | { readonly outcome: 'rejected'; readonly code: string; readonly message: string };

export type AdmitResult =
  /** Every accepted alert is on disk. One result per document, in order. */
  | { readonly outcome: 'stored'; readonly items: readonly ItemResult[] }
  /** Nothing was stored. `code` is stable: rate_limited, sender_share, queue_full, queue_busy, queue_unavailable, queue_closed, shutting_down. */
  | {
      readonly outcome: 'refused';
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs: number;
    };

export interface Admission {
  /** `documents`: one per alert, `VerbatimDocument`s, `AgentDocument`s, or values as `parseLossless` returns them. */
  admit(documents: readonly unknown[], sender: Sender): Promise<AdmitResult>;
}
