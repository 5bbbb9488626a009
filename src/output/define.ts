import type { Static, TObject } from 'typebox';
import type { Alert, Priority, Provenance } from '../alert.ts';
import type { HttpClient } from './http.ts';
import type { Network } from './network.ts';

/**
 * The adapter contract: an output is one folder and one `defineOutput` object. The engine owns
 * queueing, batching, retry, pausing, TLS, proxies, redaction and metrics; an adapter shapes a
 * payload, sends it once and says what the answer meant.
 */

/** Why an attempt did not deliver. A closed set: it is also a metric label. */
export const FAILURE_REASONS = [
  'auth',
  'rateLimited',
  'payload',
  'client',
  'server',
  'network',
  'timeout',
  'bug',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export type SingleResult =
  /** The destination itself said that it has the alert. */
  | { readonly outcome: 'delivered' }
  /** Not now: about the destination, or not known to be about this alert. */
  | {
      readonly outcome: 'retry';
      readonly reason: FailureReason;
      readonly detail: string;
      readonly afterMs?: number;
    }
  /** Never: the destination refused this very alert. It becomes a dead letter. */
  | { readonly outcome: 'reject'; readonly reason: FailureReason; readonly detail: string };

export type SendResult =
  | SingleResult
  /** Exactly one result per delivery, in order. */
  | { readonly outcome: 'partial'; readonly results: readonly SingleResult[] };

/** One alert on its way to one output. */
export interface Delivery {
  /** Parsed on first use: an output that sends `json` never pays for it. */
  readonly alert: Alert;
  /** That of the alert; costs nothing, unlike `alert.priority`. */
  readonly priority: Priority;
  /** Where the alert came from and how many hubs it has passed; costs far less than the alert. */
  readonly ingest: Provenance;
  /** The alert as one line of JSON, in Falcosidekick's shape, every digit kept. */
  readonly json: string;
  /** 32 hex digits, the same for every resend of this alert and for no other: a deduplication key. */
  readonly key: string;
  /** When the hub took the alert in, in ms since 1970; costs nothing, unlike `alert.receivedAt`. */
  readonly receivedAtMs: number;
  /** How long ago that is, in ms, when it is worth telling a reader. */
  readonly lateMs?: number;
}

export type OutputCategory =
  | 'chat'
  | 'alerting'
  | 'logs'
  | 'storage'
  | 'functions'
  | 'queue'
  | 'metrics'
  | 'database'
  | 'local';

export interface SendContext<Settings> {
  readonly settings: Settings;
  /** The one HTTP client; follows the output's TLS, proxy and destination policy. */
  readonly http: HttpClient;
  /** The way out for everything else; follows the same. */
  readonly network: Network;
  /** Aborted at the attempt's deadline and when the hub stops. */
  readonly signal: AbortSignal;
}

/** What an output that keeps a connection hands back from `open`. */
export interface Connection {
  send(
    deliveries: readonly Delivery[],
    context: { readonly signal: AbortSignal },
  ): Promise<SendResult>;
  close(): Promise<void>;
}

export interface BatchDefaults {
  /** Alerts in one attempt at most. */
  readonly alertsMax: number;
  /** JSON bytes in one attempt at most; an alert larger than this still goes alone. */
  readonly bytesMax?: number;
  /** How long a batch that is not full may wait for more. */
  readonly waitMs: number;
}

type BatchOf<Settings> = { of(settings: Settings): BatchDefaults }['of'];

export interface OutputDefinition<Schema extends TObject = TObject> {
  /** Lower-case letters and digits; the folder's name and the `type` in the configuration. */
  readonly id: string;
  readonly title: string;
  readonly category: OutputCategory;
  /** One sentence for the generated README: what arrives where. */
  readonly summary: string;
  /** The output's own settings, as TypeBox; mark credentials with `secret()`. */
  readonly schema: Schema;
  /** Settings that pass the schema: shown in the README and tested by the contract. */
  readonly example: Readonly<Record<string, unknown>>;
  /** A function where it hangs on the settings. Method form, so that a table of outputs type-checks. */
  readonly batch: BatchDefaults | BatchOf<Static<Schema>>;
  /** Attempts under way at once, unless configured. */
  readonly concurrency?: number;
  /** Alerts older than this go into one summary; 0 or absent: never (`staleAfter`). */
  readonly staleAfterMs?: number;
  /** False where the transport gives no answer: `why` then says "handed over". */
  readonly acknowledged?: boolean;
  /** Checks what a schema cannot say. Returns one message per mistake, `path` within settings. */
  validate?(settings: Static<Schema>): readonly { path: string; message: string }[];
  /** One attempt for outputs without a connection. */
  send?(context: SendContext<Static<Schema>>, deliveries: readonly Delivery[]): Promise<SendResult>;
  /** For outputs that keep a connection: opened lazily, closed on reload and drain. */
  open?(context: SendContext<Static<Schema>>): Promise<Connection>;
}

/** How alerts go one by one: of two attempts, one is kept for urgent alerts. */
export const ONE_BY_ONE = { batch: { alertsMax: 1, waitMs: 0 }, concurrency: 2 } as const;

/** Fixes the settings' type for `send` and `open`; adds nothing at run time. */
export function defineOutput<Schema extends TObject>(
  definition: OutputDefinition<Schema>,
): OutputDefinition<Schema> {
  return definition;
}
