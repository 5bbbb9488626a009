import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdmitResult, Sender } from '../admission.ts';
import { QuietEvents } from '../agents/quiet.ts';
import type { AgentContext } from '../agents/agent.ts';
import { cloudEvents } from '../agents/cloudevents.ts';
import { readAgents } from '../agents/table.ts';
import { type BodyLimits, DocumentError, readBody } from '../body.ts';
import { isRefusal, type Refusal } from './answer.ts';
import { readBodyBytes, release } from './body-bytes.ts';
import { readBinaryEvent } from './cloudevents.ts';
import { connectionOf } from './connection.ts';
import type { Door } from './door.ts';
import { identify } from './identify.ts';
import type { From, Manner } from './manner.ts';
import { refuse } from './refuse.ts';
import { type Outline, outlineOf } from './tally.ts';
import { testAlert, testTooSoon } from './test-alert.ts';
import { answer } from './verdict.ts';

/** Levels of nesting in an alert. */
const DEPTH_MAX = 32;

/** A body on its way to the disk. */
interface Taken {
  readonly outline: Outline;
  readonly result: Promise<AdmitResult>;
  readonly quiet?: QuietEvents;
}

/** Takes a body of alerts, and answers when those that can be taken are on disk. */
export async function takeAlerts(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
  manner: Manner,
): Promise<void> {
  const known = identify(door, raw, manner.pathToken);
  if (isRefusal(known)) return refuse(door, reply, known, connectionOf(raw.socket).sender);
  const { format } = manner;
  const sender = format?.resends === true ? { ...known, resends: true } : known;
  const from: From = { ...manner, sender };
  const lease = { memory: door.memory, heldBytes: 0, bytesMax: format?.bytesMax };
  try {
    const bytes = await readBodyBytes(raw, reply.raw, lease);
    const taken = isRefusal(bytes) ? bytes : takeBody(door, bytes, raw.headers, from);
    if (isRefusal(taken)) return refuse(door, reply, taken, sender);
    answer(door, reply, taken.outline, await taken.result, from);
    // What is refused comes again, or is counted as that.
    if (reply.statusCode === 200) tellQuiet(door, sender, taken.quiet);
  } finally {
    release(lease);
  }
}

function tellQuiet({ deps }: Door, sender: Sender, quiet: QuietEvents | undefined): void {
  for (const one of quiet?.all() ?? []) deps.onQuiet?.({ ...one, sender });
}

/** Makes the hub's own test alert. A body is ignored. */
export async function takeTest(
  door: Door,
  { raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const sender = identify(door, raw, undefined);
  if (isRefusal(sender)) return refuse(door, reply, sender, connectionOf(raw.socket).sender);
  const nowMs = door.deps.now?.() ?? Date.now();
  const tooSoon = testTooSoon(door, nowMs);
  if (tooSoon) return refuse(door, reply, tooSoon, sender);
  const documents = [testAlert(nowMs)];
  const result = await door.deps.admission.admit(documents, { ...sender, test: true });
  answer(door, reply, outlineOf(true, documents), result, { sender, details: false });
}

function takeBody(
  door: Door,
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  from: From,
): Taken | Refusal {
  const { settings, deps } = door;
  const { format, sender } = from;
  const limits = limitsOf(settings, format);
  const body =
    (takesEvents(format) ? readBinaryEvent(bytes, headers, limits) : undefined) ??
    readBody(bytes, headers['content-type'], limits);
  if (isRefusal(body)) return body;
  if (body.invalidUtf8) deps.onInvalidUtf8?.(sender);
  const quiet = new QuietEvents();
  const documents = readAgents(body.documents, contextOf(door, from, quiet), format?.agent);
  if (isRefusal(documents)) return documents;
  const isSingle = ALONE.has(body.shape) && documents.length === 1;
  return { ...admit(door, outlineOf(isSingle, documents), documents, sender), quiet };
}

/** With what a request's body is read. */
export function contextOf(
  { settings, deps }: Door,
  { sender, cluster, pathToken }: Pick<From, 'sender' | 'cluster' | 'pathToken'>,
  quiet?: QuietEvents,
): AgentContext {
  return {
    sender,
    quiet,
    nowMs: deps.now?.() ?? Date.now(),
    alertsMax: settings.batchAlertsMax,
    cluster,
    pathName: pathToken,
    ...deps.agents(),
  };
}

/** The path of another format takes the body for what it is, whatever the headers say. */
function takesEvents(format: Manner['format']): boolean {
  return format === undefined || format.agent === cloudEvents;
}

/** Shapes in which one document is no batch of one. */
const ALONE: ReadonlySet<string> = new Set(['single', 'text']);

function limitsOf(settings: Door['settings'], format: Manner['format']): BodyLimits {
  const { depthMax = DEPTH_MAX, bytesMax = settings.bodyBytesMax } = format ?? {};
  return { depthMax, bytesMaxSingle: bytesMax, alertsMax: settings.batchAlertsMax };
}

function admit(
  { deps }: Door,
  outline: Outline,
  documents: readonly unknown[],
  sender: Sender,
): Taken {
  const values =
    outline.errors.size === 0
      ? documents
      : documents.filter((one) => !(one instanceof DocumentError));
  const result = values.length === 0 ? NOTHING : deps.admission.admit(values, sender);
  return { outline, result };
}

const NOTHING: Promise<AdmitResult> = Promise.resolve({ outcome: 'stored', items: [] });
