import type { SingleResult } from '../../src/output/define.ts';
import type { PushCall, PushListener } from './call.ts';
import type { ForwardedAlert } from './payload.ts';
import { resultOfReject } from './result.ts';
import type { PushAck, PushRequest } from './service.ts';

/** One Push stream, from its first alert to its end. */
export interface Stream {
  /** Resolves, never rejects, when the hub has settled the alert or the stream has ended. */
  push(alert: ForwardedAlert): Promise<SingleResult>;
  /** Closes the sender's side. */
  end(): void;
  /** Ends the stream now: what is under way is unsettled. */
  giveUp(): void;
  readonly ended: Promise<void>;
}

/**
 * It never sends anything twice: what a stream leaves unsettled is for the engine to send again, over
 * another one.
 */
export function createStream(open: (listener: PushListener) => PushCall): Stream {
  const ended = Promise.withResolvers<void>();
  const outbox = createOutbox((request) => call.write(request));

  function finish(result: SingleResult): void {
    outbox.close(result);
    ended.resolve();
  }

  const call = open({ onAck: (ack) => outbox.acknowledge(ack), onEnd: finish });

  return {
    push: (alert) => outbox.add(alert),
    end: () => call.end(),
    giveUp() {
      finish(unanswered(outbox.credit()));
      call.cancel();
    },
    ended: ended.promise,
  };
}

/** Why nothing came in time; without a credit not even the hub's first ack did. */
function unanswered(credit: number | undefined): SingleResult {
  if (credit === 0) {
    const detail =
      'the hub takes no alerts for now: its queue is full, or this sender over its rate';
    return { outcome: 'retry', reason: 'rateLimited', detail };
  }
  const detail = credit === undefined ? 'no connection in time' : 'no acknowledgement in time';
  return { outcome: 'retry', reason: 'timeout', detail };
}

interface Outbox {
  add(alert: ForwardedAlert): Promise<SingleResult>;
  acknowledge(ack: PushAck): void;
  /** Settles everything that is not settled yet, and what is added later, in the same way. */
  close(result: SingleResult): void;
  /** What the hub gave last; undefined before it gave any. */
  credit(): number | undefined;
}

interface Pending {
  readonly alert: ForwardedAlert;
  readonly settle: (result: SingleResult) => void;
}

/** Keeps the order, and never has more under way than the hub gives credit for. */
function createOutbox(write: (request: PushRequest) => void): Outbox {
  const waiting: Pending[] = [];
  /** What is under way, by seq; the keys ascend. */
  const sent = new Map<number, Pending>();
  let lastSeq = 0;
  let credit: number | undefined;
  let closed: SingleResult | undefined;

  function sendOn(): void {
    while (sent.size < (credit ?? 0)) {
      const pending = waiting.shift();
      if (pending === undefined) return;
      lastSeq += 1;
      sent.set(lastSeq, pending);
      write({ seq: lastSeq, alert: pending.alert });
    }
  }

  function settle(seq: number, result: SingleResult): void {
    sent.get(seq)?.settle(result);
    sent.delete(seq);
  }

  return {
    add(alert) {
      if (closed !== undefined) return Promise.resolve(closed);
      const { promise, resolve } = Promise.withResolvers<SingleResult>();
      waiting.push({ alert, settle: resolve });
      sendOn();
      return promise;
    },
    acknowledge(ack) {
      for (const reject of ack.rejected) settle(Number(reject.seq), resultOfReject(reject));
      const through = Number(ack.acked_through);
      for (const seq of sent.keys()) {
        if (seq > through) break;
        settle(seq, { outcome: 'delivered' });
      }
      ({ credit } = ack);
      sendOn();
    },
    close(result) {
      closed ??= result;
      for (const pending of [...sent.values(), ...waiting.splice(0)]) pending.settle(closed);
      sent.clear();
    },
    credit: () => credit,
  };
}
