import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { abortable } from '../../src/output/one-at-a-time.ts';
import { CLOSED, combined, TOO_LATE } from '../../src/output/verdicts.ts';
import { payloadOf } from './payload.ts';
import type { TocsinSettings } from './settings.ts';
import { openStream, type Stream } from './stream.ts';

const CLOSE_MS_MAX = 2000;

/**
 * One long-lived Push stream, which all attempts share. A stream that has ended is replaced by the
 * next attempt, over a new connection.
 */
export function openConnection(settings: TocsinSettings, network: Network): Connection {
  let current: Stream | undefined;
  let isClosed = false;

  return {
    async send(deliveries, { signal }) {
      if (isClosed) return CLOSED;
      if (signal.aborted) return TOO_LATE;
      if (current?.isOpen() !== true) current = openStream(settings, network);
      return sendOver(current, deliveries, signal);
    },
    async close() {
      isClosed = true;
      if (current?.isOpen() !== true) return;
      await abortable(current.end(), AbortSignal.timeout(CLOSE_MS_MAX)).catch(() => undefined);
      current.giveUp();
    },
  };
}

/** An abort ends the stream for all: acknowledgements come in order, so later ones were stuck, too. */
async function sendOver(
  stream: Stream,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<SendResult> {
  signal.addEventListener('abort', stream.giveUp, { once: true });
  const results = deliveries.map(async (delivery) => {
    const payload = payloadOf(delivery);
    return 'reject' in payload ? payload.reject : stream.push(payload.alert);
  });
  const settled = await Promise.all(results);
  signal.removeEventListener('abort', stream.giveUp);
  return combined(settled);
}
