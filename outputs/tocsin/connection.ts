import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, Delivery, SendResult } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { CLOSED, combined, TOO_LATE } from '../../src/output/verdicts.ts';
import { openCall } from './call.ts';
import { payloadOf } from './payload.ts';
import type { TocsinSettings } from './settings.ts';
import { createStream, type Stream } from './stream.ts';

const CLOSE_MS_MAX = 2000;

/**
 * One long-lived Push stream, which all attempts share. A stream that has ended is replaced by the
 * next attempt, over a new connection.
 */
export function openConnection(settings: TocsinSettings, network: Network): Connection {
  let current: Stream | undefined;
  let isClosed = false;

  function openStream(): Stream {
    const stream = createStream((listener) => openCall(settings, network, listener));
    void forgetWhenEnded(stream);
    return stream;
  }

  async function forgetWhenEnded(stream: Stream): Promise<void> {
    await stream.ended;
    if (current === stream) current = undefined;
  }

  function giveUp(stream: Stream): void {
    stream.giveUp();
    if (current === stream) current = undefined;
  }

  return {
    async send(deliveries, { signal }) {
      if (isClosed) return CLOSED;
      if (signal.aborted) return TOO_LATE;
      current ??= openStream();
      return sendOver(current, deliveries, signal, giveUp);
    },
    async close() {
      isClosed = true;
      const timer = new AbortController();
      current?.end();
      await Promise.race([
        current?.ended,
        pause(CLOSE_MS_MAX, undefined, { signal: timer.signal }),
      ]);
      timer.abort();
      current?.giveUp();
    },
  };
}

/** An abort ends the stream for all: acknowledgements come in order, so later ones were stuck, too. */
async function sendOver(
  stream: Stream,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
  giveUp: (stream: Stream) => void,
): Promise<SendResult> {
  const onAbort = (): void => giveUp(stream);
  signal.addEventListener('abort', onAbort, { once: true });
  const results = deliveries.map(async (delivery) => {
    const payload = payloadOf(delivery);
    return 'reject' in payload ? payload.reject : stream.push(payload.alert);
  });
  const settled = await Promise.all(results);
  signal.removeEventListener('abort', onAbort);
  return combined(settled);
}
