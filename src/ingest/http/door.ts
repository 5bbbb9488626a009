import type { Admission, Sender } from '../admission.ts';
import type { Quiet } from '../agents/quiet.ts';
import type { AgentSettings } from '../agents/agent.ts';
import { type Authenticator, createAuthenticator } from '../auth.ts';
import type { Log } from '../log.ts';
import type { BodyMemory } from './body-bytes.ts';
import type { HttpSettings } from './settings.ts';

/** What the HTTP door is given, and whom it tells what it sees. */
export interface HttpIngestDeps {
  readonly settings: HttpSettings;
  /** Answer 400 where this door would answer 422, as Falcosidekick does. */
  readonly sidekickStatus: boolean;
  readonly admission: Admission;
  /** How formats are read, as the configuration has it now. */
  agents(): AgentSettings;
  /** `detail` is shown to whoever asks `/readyz`: nothing secret. */
  ready(): { ready: boolean; detail: Record<string, unknown> };
  /** The metrics in the text format that `accept` asks for. */
  metrics(accept?: string): Promise<{ contentType: string; body: string }>;
  /**
   * Alerts were turned away. `alerts` is 1 where nobody can know how many a request carried, and 0
   * for what is no request yet (a connection, a handshake). The set of codes is closed.
   */
  onRejected(rejected: { code: string; alerts: number; sender: Sender }): void;
  /** Events were answered with 200 that are no alert by their format's rules. */
  onQuiet?(quiet: Quiet & { readonly sender: Sender }): void;
  /** A request was answered. Probes do not count. */
  onRequest(request: { accepted: boolean }): void;
  /** A body held bytes that are not UTF-8; they were replaced. */
  onInvalidUtf8?(sender: Sender): void;
  readonly log: Log;
  /** The clock, milliseconds since 1970. */
  now?(): number;
}

/** What the routes share. A reload changes it under them; a request uses what it finds. */
export interface Door {
  readonly deps: HttpIngestDeps;
  readonly memory: BodyMemory;
  settings: HttpSettings;
  sidekickStatus: boolean;
  authenticator: Authenticator;
  /** Not ready any more: every answer ends its connection. */
  draining: boolean;
  lastTestAtMs: number;
}

export function createDoor(deps: HttpIngestDeps): Door {
  const { settings, sidekickStatus } = deps;
  return {
    deps,
    settings,
    sidekickStatus,
    memory: { bytesMax: largestBody(settings), heldBytes: 0 },
    authenticator: authenticatorFor(settings),
    draining: false,
    lastTestAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** Puts in force what does not need a new listener. */
export function applySettings(door: Door, settings: HttpSettings, sidekickStatus: boolean): void {
  door.settings = settings;
  door.sidekickStatus = sidekickStatus;
  door.authenticator = authenticatorFor(settings);
  door.memory.bytesMax = largestBody(settings);
}

/** Whether a body is one alert or many is known only after it was read. */
function largestBody({ bodyBytesMax, batchBytesMax }: HttpSettings): number {
  return Math.max(bodyBytesMax, batchBytesMax);
}

function authenticatorFor({ auth, tls }: HttpSettings): Authenticator {
  const clientNames = tls?.clientCaFile === undefined ? undefined : tls.clientNames;
  return createAuthenticator({ ...auth, clientNames });
}
