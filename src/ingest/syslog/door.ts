import type { Priority } from '../../alert.ts';
import type { Admission, AdmitResult, Sender } from '../admission.ts';
import type { AgentSettings } from '../agents/agent.ts';
import { type Quiet, QuietEvents } from '../agents/quiet.ts';
import { DocumentError } from '../body.ts';
import type { ServerTls } from '../http/settings.ts';
import type { Log } from '../log.ts';
import { readSyslog } from './document.ts';

/** The section `ingest.syslog` of the configuration, as far as this door reads it. */
export interface SyslogSettings {
  readonly udp?: { readonly address: string } | undefined;
  readonly tcp?: { readonly address: string } | undefined;
  readonly tls?: ({ readonly address: string } & ServerTls) | undefined;
  readonly messageBytesMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerSenderMax: number;
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly minimumPriority: Priority;
  readonly utcOffset: string;
}

/** What the syslog door is given, and whom it tells what it sees. */
export interface SyslogIngestDeps {
  readonly settings: SyslogSettings;
  readonly admission: Admission;
  /** How formats are read, as the configuration has it now. */
  readonly agents: () => AgentSettings;
  /** Messages were not taken; 0 for connections and handshakes. The set of codes is closed. */
  readonly onRejected: (rejected: { code: string; alerts: number; sender: Sender }) => void;
  /** Events came in that are no alert. */
  readonly onQuiet?: (quiet: Quiet & { readonly sender: Sender }) => void;
  readonly log: Log;
  /** How long a connection waits for a hub that refuses its messages, in ms. */
  readonly refusedMsMax?: number;
}

/** Messages that are stored together. */
export const BATCH_MAX = 256;

/**
 * Stores the alerts in messages of one sender. Nobody is told what becomes of them, so whatever is
 * not taken is counted; a refusal is left to the caller, who may be able to wait.
 */
export async function takeMessages(
  { admission, agents, onRejected, onQuiet, settings }: SyslogIngestDeps,
  messages: readonly string[],
  sender: Sender,
): Promise<Extract<AdmitResult, { outcome: 'refused' }> | undefined> {
  const { minimumPriority, utcOffset } = settings;
  const nowMs = Date.now();
  const quiet = new QuietEvents();
  const context = {
    ...agents(),
    sender,
    nowMs,
    alertsMax: BATCH_MAX,
    minimumPriority,
    utcOffset,
    quiet,
  };
  const documents = messages.flatMap((message) => readSyslog(message, context));
  const alerts = documents.filter((one) => !(one instanceof DocumentError));
  const result = alerts.length === 0 ? NOTHING : await admission.admit(alerts, sender);
  if (result.outcome === 'refused') return result;
  for (const one of [...documents, ...result.items]) {
    if (one instanceof DocumentError || isRejected(one)) {
      onRejected({ code: one.code, alerts: 1, sender });
    }
  }
  for (const one of quiet.all()) onQuiet?.({ ...one, sender });
  return undefined;
}

const NOTHING = { outcome: 'stored', items: [] } as const;

function isRejected(item: unknown): item is { readonly code: string } {
  return (item as { outcome?: unknown }).outcome === 'rejected';
}
