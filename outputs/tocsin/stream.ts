import type { SingleResult } from '../../src/output/define.ts';
import { openCall } from '../../src/output/grpc/call.ts';
import type { Network } from '../../src/output/network.ts';
import { createOutbox } from '../../src/output/outbox.ts';
import type { ForwardedAlert } from './payload.ts';
import { resultOfEnd, resultOfReject } from './result.ts';
import { decodeAck, encodeRequest, PUSH_PATH } from './service.ts';
import type { TocsinSettings } from './settings.ts';

/** One Push stream, from its first alert to its end. */
export interface Stream {
  isOpen(): boolean;
  /** Resolves, never rejects, when the hub has settled the alert or the stream has ended. */
  push(alert: ForwardedAlert): Promise<SingleResult>;
  /** Closes the sender's side. Resolves when the stream has ended. */
  end(): Promise<void>;
  /** Ends the stream now: what is under way is unsettled. */
  readonly giveUp: () => void;
}

/**
 * Connects to the other hub. The stream never sends anything twice: what it leaves unsettled is for
 * the engine to send again, over another one.
 */
export function openStream(settings: TocsinSettings, network: Network): Stream {
  const ended = Promise.withResolvers<void>();
  let isOpen = true;
  const outbox = createOutbox<ForwardedAlert>((seq, alert) =>
    call.write(encodeRequest({ seq, alert })),
  );

  function take(message: Buffer): void {
    const { rejected, acked_through: through, credit } = decodeAck(message);
    for (const reject of rejected) outbox.settle(Number(reject.seq), resultOfReject(reject));
    outbox.acknowledge(Number(through), credit);
  }

  function finish(result: SingleResult): void {
    isOpen = false;
    outbox.close(result);
    ended.resolve();
  }

  const call = openCall(
    { ...settings, path: PUSH_PATH, expected: 'the gRPC door of a hub' },
    network,
    { onMessage: take, onEnd: (end) => finish(resultOfEnd(end)) },
  );

  return {
    isOpen: () => isOpen,
    push: (alert) => outbox.add(alert),
    end() {
      call.end();
      return ended.promise;
    },
    giveUp() {
      finish(unanswered(outbox.credit()));
      call.cancel();
    },
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
