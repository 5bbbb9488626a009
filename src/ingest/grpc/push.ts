import { setTimeout as pause } from 'node:timers/promises';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Sender } from '../admission.ts';
import { type Acks, createAcks } from './acks.ts';
import type { Door } from './door.ts';
import { type Group, type PushEntry, readGroup } from './group.ts';
import { anonymous, identify } from './identify.ts';
import { REFUSED_MS_MAX } from './limits.ts';
import { type Admitted, NO_ROOM, runsOf, storeRun } from './runs.ts';
import type { PushAck } from './services.ts';
import { createSettled, NO_ROOM_RETRY_MS } from './settled.ts';
import {
  type CallStatus,
  INTERNAL,
  type Refused,
  statusOfRefusal,
  STOPPING,
  wordOf,
} from './status.ts';
import { createWindow, type Incoming, type Window } from './window.ts';

export type PushCall = ServerDuplexStream<Incoming, PushAck>;

interface Stream {
  readonly door: Door;
  readonly call: PushCall;
  readonly window: Window;
  readonly acks: Acks;
  /** Aborted when the hub stops or the sender has gone. */
  readonly leaving: AbortSignal;
}

/**
 * One Push stream: what has arrived while a group was being stored is the next group, so that a busy
 * stream needs few transactions and a quiet one waits for nothing. Resolves when it has ended.
 */
export async function servePush(door: Door, call: PushCall): Promise<void> {
  const window = createWindow(door.budget, () => !call.writableNeedDrain);
  const acks = createAcks((ack) => {
    if (!call.destroyed) call.write(ack);
  }, window.credit);
  const leave = new AbortController();
  const stop = (): void => {
    leave.abort();
    window.stop();
  };
  door.stopping.signal.addEventListener('abort', stop);
  call.once('cancelled', stop);
  call.once('end', window.end);
  call.on('drain', window.readOn);
  call.on('data', window.add);
  acks.flush();

  const status = await storeAll({ door, call, window, acks, leaving: leave.signal });
  door.stopping.signal.removeEventListener('abort', stop);
  window.dispose();
  acks.flush();
  acks.stop();
  end(call, status);
}

/** How the stream ends; undefined: well. */
async function storeAll(stream: Stream): Promise<CallStatus | undefined> {
  try {
    let last = 0n;
    let group = await nextGroup(stream, last);
    while (group !== undefined) {
      const { entries, mistake } = group;
      const status = await storeGroup(stream, entries);
      if (status !== undefined) return status;
      if (mistake !== undefined) return told(stream, mistake);
      last = BigInt(entries.at(-1)!.seq);
      group = await nextGroup(stream, last);
    }
    return stream.leaving.aborted ? STOPPING : undefined;
  } catch (error) {
    stream.door.deps.log.error({ err: error }, 'a push stream failed');
    return INTERNAL;
  }
}

/** Of the requests only what is stored is kept, from here on. */
async function nextGroup({ window }: Stream, last: bigint): Promise<Group | undefined> {
  const requests = await window.take();
  return requests && readGroup(requests, last);
}

function told({ call, door }: Stream, mistake: CallStatus): CallStatus {
  const sender = anonymous(call);
  door.deps.onRejected({ code: wordOf(mistake), alerts: 1, sender });
  return mistake;
}

function end(call: PushCall, status: CallStatus | undefined): void {
  if (call.destroyed) return;
  // grpc-js sends what was written before, then the error as the status.
  if (status === undefined) call.end();
  else call.emit('error', status);
}

/** Stores and acknowledges. Resolves to how the stream ends when it cannot go on. */
async function storeGroup(
  stream: Stream,
  entries: readonly PushEntry[],
): Promise<CallStatus | undefined> {
  const { acks, call, door, window } = stream;
  // Asked for every group: a token that was taken away ends the streams it opened.
  const identified = identify(door.authenticator, call);
  if ('status' in identified) return told(stream, identified.status);
  const store = {
    sender: identified.sender,
    admit: (documents: readonly unknown[], sender: Sender) =>
      admitPatiently(stream, documents, sender),
    onRejected: door.deps.onRejected,
  };
  for (const run of runsOf(entries)) {
    const stored = await storeRun(run, store);
    if ('status' in stored) return stored.status;
    window.settled(run.map(({ size }) => size));
    acks.settled(run.at(-1)!.seq, run.length, stored.rejected);
  }
  return undefined;
}

/**
 * Tries until every alert has its result. While the hub refuses some of them nothing more is read, and
 * the sender is told that it has no credit.
 */
async function admitPatiently(
  { acks, door, leaving, window }: Stream,
  documents: readonly unknown[],
  sender: Sender,
): Promise<Admitted> {
  const { admission, onRejected, refusedMsMax = REFUSED_MS_MAX } = door.deps;
  const giveUpAtMs = performance.now() + refusedMsMax;
  const settled = createSettled(documents);
  for (;;) {
    const result = await admission.admit(settled.left(), sender);
    const refusal = result.outcome === 'stored' ? settled.add(result.items) : result;
    window.hold(refusal !== undefined);
    if (refusal === undefined) return { items: settled.items };
    if (performance.now() >= giveUpAtMs || FINAL.has(refusal.code)) {
      onRejected({ code: refusal.code, alerts: settled.left().length, sender });
      return { status: statusOfRefusal(refusal) };
    }
    acks.flush();
    await waitFor(retryMs(refusal), leaving);
    if (leaving.aborted) return { status: STOPPING };
  }
}

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 5000;

/** Whether a sender still holds too much changes with each alert of another one: that is asked sooner. */
function retryMs({ code, retryAfterMs }: Refused): number {
  const wantedMs = code === NO_ROOM ? NO_ROOM_RETRY_MS : retryAfterMs;
  return Math.min(Math.max(wantedMs, RETRY_MS_MIN), RETRY_MS_MAX);
}

/**
 * Refusals that waiting here does not mend. A queue that is not available hands the alerts to the
 * outputs from memory each time: the sender decides how often.
 */
const FINAL: ReadonlySet<string> = new Set(['queue_closed', 'queue_unavailable', 'shutting_down']);

async function waitFor(delayMs: number, leaving: AbortSignal): Promise<void> {
  try {
    await pause(delayMs, undefined, { signal: leaving });
  } catch {
    // Aborted: the caller looks at the signal.
  }
}
