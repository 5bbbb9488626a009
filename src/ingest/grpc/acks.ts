import { ACK_ALERTS_MAX, ACK_DELAY_MS_MAX, ACK_QUIET_MS } from './limits.ts';
import type { PushAck, Reject } from './services.ts';

export interface Acks {
  /** `count` more alerts are settled, up to `seq`. */
  settled(seq: string, count: number, rejected: readonly Reject[]): void;
  /** Says now what there is to say; with nothing new, how much credit there is. */
  flush(): void;
  /** Says no more. */
  stop(): void;
}

/**
 * Puts acknowledgements together: under load one stands for many alerts, and a sender that waits for
 * one has it at once.
 */
export function createAcks(write: (ack: PushAck) => void, credit: () => number): Acks {
  let through = '0';
  let unsaid = 0;
  let rejected: Reject[] = [];
  let oldestMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    write({ acked_through: through, rejected, credit: credit() });
    unsaid = 0;
    rejected = [];
  }

  return {
    settled(seq, count, refused) {
      const nowMs = performance.now();
      if (unsaid === 0) oldestMs = nowMs;
      through = seq;
      unsaid += count;
      rejected.push(...refused);
      clearTimeout(timer);
      if (unsaid >= ACK_ALERTS_MAX || nowMs - oldestMs >= ACK_DELAY_MS_MAX) flush();
      else timer = setTimeout(flush, ACK_QUIET_MS);
    },
    flush,
    stop: () => clearTimeout(timer),
  };
}
