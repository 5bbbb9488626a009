import type { Priority } from '../../alert.ts';
import type { Admission, Sender } from '../admission.ts';
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

/** Alerts that were not taken now, and how long to wait before they are offered again. */
export interface Left {
  readonly alerts: readonly unknown[];
  readonly code: string;
  readonly retryAfterMs: number;
}

/**
 * The alerts in messages of one sender. Nobody is told what becomes of them, so whatever is none is
 * counted.
 */
export function readMessages(
  { agents, onRejected, onQuiet, settings }: SyslogIngestDeps,
  messages: readonly string[],
  sender: Sender,
): readonly unknown[] {
  const { minimumPriority, utcOffset } = settings;
  const quiet = new QuietEvents();
  const context = {
    ...agents(),
    sender,
    nowMs: Date.now(),
    alertsMax: BATCH_MAX,
    minimumPriority,
    utcOffset,
    quiet,
  };
  const documents = messages.flatMap((message) => readSyslog(message, context));
  for (const one of documents) {
    if (one instanceof DocumentError) onRejected({ code: one.code, alerts: 1, sender });
  }
  for (const one of quiet.all()) onQuiet?.({ ...one, sender });
  return documents.filter((one) => !(one instanceof DocumentError));
}

/** Stores alerts. What is left is for the caller, who may be able to wait; undefined: nothing is. */
export async function storeAlerts(
  { admission, onRejected }: SyslogIngestDeps,
  alerts: readonly unknown[],
  sender: Sender,
): Promise<Left | undefined> {
  if (alerts.length === 0) return undefined;
  const result = await admission.admit(alerts, sender);
  if (result.outcome === 'refused') return { ...result, alerts };
  const later: unknown[] = [];
  for (const [at, item] of result.items.entries()) {
    if (item.outcome !== 'rejected') continue;
    if (item.code === SHARE) later.push(alerts[at]);
    else onRejected({ code: item.code, alerts: 1, sender });
  }
  return later.length === 0
    ? undefined
    : { alerts: later, code: SHARE, retryAfterMs: SHARE_RETRY_MS };
}

/** Refused for the room it takes, and not for what it is. */
const SHARE = 'sender_share';
const SHARE_RETRY_MS = 5000;
