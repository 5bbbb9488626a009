import type { ServerHttp2Stream } from 'node:http2';
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerListener,
  status as statusCode,
} from '@grpc/grpc-js';
import type { Sender } from '../admission.ts';
import { createCap } from './cap.ts';
import type { Door } from './door.ts';
import { anonymous, type Identified, identify } from './identify.ts';
import { BATCHES_MAX, METADATA_BYTES_MAX, PUSH_STREAMS_MAX } from './limits.ts';
import { alertIngest, logsService } from './services.ts';
import { type CallStatus, exhausted, STOPPING, wordOf } from './status.ts';
import type { Incoming } from './window.ts';

/**
 * Stands before the calls that bring alerts: nothing of a request is read before the hub knows that
 * it wants it. Calls of other services, such as health checks, pass.
 */
export function createGuard(door: Door): ServerInterceptor {
  const caps = new Map([
    [alertIngest['Push']?.path, createCap(PUSH_STREAMS_MAX)],
    [alertIngest['PushBatch']?.path, createCap(BATCHES_MAX)],
    [logsService['Export']?.path, createCap(BATCHES_MAX)],
  ]);
  return ({ path, requestStream }, call) => {
    const cap = caps.get(path);
    if (cap === undefined) return new ServerInterceptingCall(call);
    let giveBack: (() => void) | undefined;
    const listener: ServerListener = {
      onReceiveMetadata(metadata, next) {
        const judged = judge(door, metadata, call);
        if ('sender' in judged) giveBack = cap.take(placeOf(judged.sender));
        if (giveBack !== undefined) return next(metadata);
        turnAway(door, call, 'status' in judged ? judged.status : TOO_MANY_CALLS);
      },
      // Called once for every call, however it ends.
      onCancel: () => giveBack?.(),
      ...(requestStream && { onReceiveMessage: oneAtATime() }),
    };
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendMessage: (message, next) => {
        if (!hasEnded(call)) next(message);
      },
    });
  };
}

/**
 * Whether grpc-js has ended the call itself, because of a request that is too large. It tells nobody,
 * and an acknowledgement that is written then keeps the status from going out: the stream would stay
 * open for ever. What it ends is its `stream`, which is not in its types.
 */
function hasEnded(call: ServerInterceptingCallInterface): boolean {
  const { stream } = call as { readonly stream?: Pick<ServerHttp2Stream, 'writableEnded'> };
  return stream?.writableEnded === true;
}

const TOO_MANY_CALLS = exhausted(
  'too_many_calls',
  'this sender, or all of them, have too many calls open; send more over the ones there are',
  1000,
);

/** Many senders may share a token, or come from one address; few do both. */
function placeOf({ identity = '', peer }: Sender): string {
  return `${identity} ${peer}`;
}

function judge(door: Door, metadata: Metadata, call: ServerInterceptingCallInterface): Identified {
  if (door.stopping.signal.aborted) return { status: STOPPING };
  if (sizeOf(metadata) > METADATA_BYTES_MAX) return { status: METADATA_TOO_LARGE };
  return identify(door.authenticator, {
    metadata,
    getPeer: () => call.getPeer(),
    getAuthContext: () => call.getAuthContext(),
  });
}

const METADATA_TOO_LARGE: CallStatus = {
  code: statusCode.RESOURCE_EXHAUSTED,
  details: 'metadata_too_large: the metadata is over 16 KiB; send less of it',
};

function turnAway({ deps }: Door, call: ServerInterceptingCallInterface, status: CallStatus): void {
  if (status !== STOPPING) {
    deps.onRejected({ code: wordOf(status), alerts: 1, sender: anonymous(call) });
  }
  call.sendStatus({ metadata: null, ...status });
}

/** Each entry counts 32 bytes more, as HTTP/2 has it. */
function sizeOf(metadata: Metadata): number {
  return Object.entries(metadata.toHttp2Headers()).reduce((sum, [name, values]) => {
    const sizes = [values ?? ''].flat().map((value) => String(value).length + name.length + 32);
    return sizes.reduce((total, size) => total + size, sum);
  }, 0);
}

type OnReceiveMessage = NonNullable<ServerListener['onReceiveMessage']>;

/**
 * Hands a request on only when the one before it said so. A stream of Node would read 16 ahead,
 * whatever their size.
 */
function oneAtATime(): OnReceiveMessage {
  let isAsked = true;
  let held: (() => void) | undefined;
  function next(): void {
    const handOver = held;
    held = undefined;
    if (handOver === undefined) isAsked = true;
    else handOver();
  }
  return (bytes: Buffer, deliver: (incoming: Incoming) => void) => {
    const handOver = (): void => deliver({ bytes, next });
    if (isAsked) {
      isAsked = false;
      handOver();
    } else held = handOver;
  };
}
