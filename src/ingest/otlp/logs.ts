import type { Admission, AdmitResult, Sender } from '../admission.ts';
import type { AgentContext, JsonObject } from '../agents/agent.ts';
import { otlp } from '../agents/otlp.ts';
import { type Quiet, QuietEvents } from '../agents/quiet.ts';
import { readAgents } from '../agents/table.ts';
import { type BodyRefusal, DocumentError } from '../body.ts';
import type { PartialSuccess } from './answer.ts';

/** What both doors do with an `ExportLogsServiceRequest`. */

export type LogsRefused = Extract<AdmitResult, { outcome: 'refused' }>;

export interface LogsTaken {
  /** Why records are no alerts, one code each; the sender need not know of all of them. */
  readonly codes: readonly string[];
  readonly partial?: PartialSuccess | undefined;
  /** Events in records that are no alert. */
  readonly quiet: readonly Quiet[];
}

/** Stores the alerts in a request; when it resolves, they are on disk, or the sender must send again. */
export async function takeLogs(
  request: JsonObject,
  context: AgentContext,
  admission: Admission,
): Promise<LogsTaken | LogsRefused | BodyRefusal> {
  const resourceLogs = request['resourceLogs'] ?? [];
  const quiet = new QuietEvents();
  const documents = readAgents([{ resourceLogs }], { ...context, quiet }, otlp);
  if ('status' in documents) return documents;
  const errors = documents.filter((one) => one instanceof DocumentError);
  const alerts = documents.filter((one) => !(one instanceof DocumentError));
  const sender: Sender = { ...context.sender, resends: true };
  const result = alerts.length === 0 ? NOTHING : await admission.admit(alerts, sender);
  if (result.outcome === 'refused') return result;
  const rejected = [...errors, ...result.items.filter((one) => one.outcome === 'rejected')];
  const shed = rejected.find(({ code }) => code === 'sender_share');
  // What was shed must come again, with all that was not.
  if (shed !== undefined) {
    const { code, message } = shed;
    return { outcome: 'refused', code, message, retryAfterMs: SHED_RETRY_MS };
  }
  const codes = rejected.map(({ code }) => code);
  return { codes, partial: partialOf(rejected), quiet: quiet.all() };
}

const NOTHING = { outcome: 'stored', items: [] } as const;
const SHED_RETRY_MS = 5000;

/** That a log is no alert is no mistake of the sender. */
function partialOf(
  rejected: readonly { readonly code: string; readonly message: string }[],
): PartialSuccess | undefined {
  const mistakes = rejected.filter(({ code }) => code !== 'below_minimum');
  const [first] = mistakes;
  return first && { rejected: mistakes.length, message: `${first.code}: ${first.message}` };
}
