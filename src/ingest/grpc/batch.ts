import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { Sender } from '../admission.ts';
import { documentOf } from './document.ts';
import type { Door } from './door.ts';
import { anonymous, identify } from './identify.ts';
import { BATCH_ALERTS_MAX } from './limits.ts';
import { type Admitted, runsOf, storeRun, wayOf } from './runs.ts';
import { type BatchRequest, type BatchResponse, readBatch, type Reject } from './services.ts';
import { type CallStatus, INTERNAL, invalidArgument, statusOfRefusal, wordOf } from './status.ts';

export type BatchCall = ServerUnaryCall<Buffer, BatchResponse>;

export type BatchAnswer = { readonly response: BatchResponse } | { readonly status: CallStatus };

/** One PushBatch call: everything in it is stored, or the sender is told to send it again. */
export async function serveBatch(door: Door, call: BatchCall): Promise<BatchAnswer> {
  try {
    const identified = identify(door.authenticator, call);
    if ('status' in identified) return told(door, call, identified.status);
    const batch = readAlerts(call.request);
    if ('status' in batch) return told(door, call, batch.status);
    return await storeBatch(door, batch, identified.sender);
  } catch (error) {
    door.deps.log.error({ err: error }, 'a batch of alerts failed');
    return { status: INTERNAL };
  }
}

function told({ deps }: Door, call: BatchCall, status: CallStatus): BatchAnswer {
  deps.onRejected({ code: wordOf(status), alerts: 1, sender: anonymous(call) });
  return { status };
}

async function storeBatch(
  door: Door,
  { alerts }: BatchRequest,
  sender: Sender,
): Promise<BatchAnswer> {
  const entries = alerts.map((alert, index) => ({
    seq: String(index + 1),
    ...wayOf(alert),
    reading: documentOf(alert),
  }));
  const rejected: Reject[] = [];
  const store = {
    sender,
    admit: (documents: readonly unknown[], from: Sender) => admit(door, documents, from),
    onRejected: door.deps.onRejected,
  };
  for (const run of runsOf(entries)) {
    const stored = await storeRun(run, store);
    if ('status' in stored) return stored;
    rejected.push(...stored.rejected);
  }
  return { response: { accepted: alerts.length - rejected.length, rejected } };
}

function readAlerts(request: Buffer): BatchRequest | { readonly status: CallStatus } {
  let batch: BatchRequest;
  try {
    batch = readBatch(request);
  } catch {
    return { status: UNREADABLE };
  }
  return batch.alerts.length > BATCH_ALERTS_MAX ? { status: TOO_MANY } : batch;
}

const UNREADABLE = invalidArgument(
  'unreadable',
  'the request is no tocsin.ingest.v1.BatchRequest; generate the sender from alert-ingest.proto',
);

const TOO_MANY = invalidArgument(
  'too_many_alerts',
  `a batch holds at most ${BATCH_ALERTS_MAX} alerts; send more batches, or use Push`,
);

async function admit(
  { deps }: Door,
  documents: readonly unknown[],
  sender: Sender,
): Promise<Admitted> {
  const result = await deps.admission.admit(documents, sender);
  if (result.outcome === 'stored') return { items: result.items };
  deps.onRejected({ code: result.code, alerts: documents.length, sender });
  return { status: statusOfRefusal(result) };
}
