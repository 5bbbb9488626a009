import {
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { createCap } from './cap.ts';
import { anonymous } from './identify.ts';
import { HEALTH_WATCHERS_MAX } from './limits.ts';
import { INGEST_SERVICE } from './services.ts';
import { exhausted } from './status.ts';

interface Request {
  readonly service: string;
}

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

interface Response {
  readonly status: ServingStatus;
}

type WatchCall = ServerWritableStream<Request, Response>;

export interface HealthService {
  readonly Check: (
    call: ServerUnaryCall<Request, Response>,
    answer: sendUnaryData<Response>,
  ) => void;
  readonly Watch: (call: WatchCall) => void;
  /** Tells the watchers now when something changed. */
  refresh(): void;
  /** Ends the watches. */
  close(): void;
}

const LOOK_EVERY_MS = 1000;

/**
 * `grpc.health.v1.Health`. Everybody may ask, since probes carry no credentials: the answer is one
 * word. `isServing` is looked at once a second, and only while somebody watches.
 */
export function createHealth(isServing: () => boolean): HealthService {
  const watchers = new Map<WatchCall, ServingStatus | undefined>();
  const cap = createCap(HEALTH_WATCHERS_MAX);
  let timer: NodeJS.Timeout | undefined;

  function statusOf(service: string): ServingStatus {
    if (service !== '' && service !== INGEST_SERVICE) return 'SERVICE_UNKNOWN';
    return isServing() ? 'SERVING' : 'NOT_SERVING';
  }

  function refresh(): void {
    for (const [call, told] of watchers) {
      const current = statusOf(call.request.service);
      // Who does not read hears of the latest state when he reads again.
      if (current === told || call.writableNeedDrain) continue;
      watchers.set(call, current);
      call.write({ status: current });
    }
  }

  function leave(call: WatchCall, giveBack: () => void): void {
    giveBack();
    watchers.delete(call);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    Check({ request }, answer) {
      const current = statusOf(request.service);
      if (current === 'SERVICE_UNKNOWN') answer(UNKNOWN_SERVICE);
      else answer(null, { status: current });
    },
    Watch(call) {
      const giveBack = cap.take(anonymous(call).peer);
      if (giveBack === undefined) {
        call.emit('error', TOO_MANY_WATCHERS);
        return;
      }
      call.once('cancelled', () => leave(call, giveBack));
      watchers.set(call, undefined);
      timer ??= setInterval(refresh, LOOK_EVERY_MS).unref();
      refresh();
    },
    refresh,
    close() {
      for (const call of watchers.keys()) call.end();
    },
  };
}

const UNKNOWN_SERVICE = {
  code: status.NOT_FOUND,
  details: `unknown_service: ask for ${INGEST_SERVICE}, or for nothing`,
};

const TOO_MANY_WATCHERS = exhausted('too_many_watchers', 'use Check, or watch less often', 1000);
