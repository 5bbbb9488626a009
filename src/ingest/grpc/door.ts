import type { Admission, Sender } from '../admission.ts';
import type { AgentSettings } from '../agents/agent.ts';
import type { Quiet } from '../agents/quiet.ts';
import { type Authenticator, createAuthenticator, type NamedToken } from '../auth.ts';
import type { ServerTls } from '../http/settings.ts';
import type { Log } from '../log.ts';
import type { Budget } from './window.ts';

/** The section `ingest.grpc` of the configuration, as far as this door reads it. */
export interface GrpcSettings {
  /** `host:port`. */
  readonly address: string;
  readonly tls?: ServerTls | undefined;
  readonly auth: { readonly tokens: readonly NamedToken[] };
}

/** What the gRPC door is given, and whom it tells what it sees. */
export interface GrpcIngestDeps {
  readonly settings: GrpcSettings;
  readonly admission: Admission;
  /** How formats are read, as the configuration has it now. */
  agents(): AgentSettings;
  /** What a health check is told. */
  ready(): boolean;
  /**
   * Alerts were turned away. `alerts` is 1 where nobody can know how many a call would have carried,
   * and 0 for connections and handshakes. The set of codes is closed.
   */
  readonly onRejected: (rejected: { code: string; alerts: number; sender: Sender }) => void;
  /** Events came in that are no alert. */
  onQuiet?(quiet: Quiet & { readonly sender: Sender }): void;
  readonly log: Log;
  /** How long a stream is kept while the hub refuses its alerts, in ms. */
  readonly refusedMsMax?: number;
}

/** What the calls share. A reload changes it under them; a call uses what it finds. */
export interface Door {
  readonly deps: GrpcIngestDeps;
  /** What all streams have under way. */
  readonly budget: Budget;
  /** Aborted when no more alerts are taken. */
  readonly stopping: AbortController;
  authenticator: Authenticator;
}

export function createDoor(deps: GrpcIngestDeps): Door {
  return {
    deps,
    budget: { bytes: 0 },
    stopping: new AbortController(),
    authenticator: authenticatorFor(deps.settings),
  };
}

export function authenticatorFor({ auth, tls }: GrpcSettings): Authenticator {
  const clientNames = tls?.clientCaFile === undefined ? undefined : tls.clientNames;
  return createAuthenticator({ ...auth, clientNames });
}
