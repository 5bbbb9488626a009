import { type Child, startChild } from './child.ts';

/** A destination in a process of its own. */
export interface Receiver extends Child {
  readonly url: string;
  /** Resolves when so many alerts have come from now on. */
  received(alerts: number): Promise<void>;
}

/** A hub that stands still must not hold up the whole run. */
const RECEIVE_MS_MAX = 300_000;

/** @param port Where it listens; 0: at a free one. */
export async function startReceiver({ delayMs = 0, port = 0 } = {}): Promise<Receiver> {
  const child = startChild('./destination.ts', { args: [String(delayMs), String(port)] });
  const listening = await child.message<{ kind: 'listening'; port: number }>('listening');
  return {
    ...child,
    url: `http://127.0.0.1:${listening.port}/`,
    async received(alerts) {
      const received = child.message('received');
      child.process.send({ expect: alerts });
      await within(RECEIVE_MS_MAX, received, `${alerts} alerts did not arrive`);
    },
  };
}

/** Rejects with `what` when the promise has not settled by then. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} within ${ms} ms.`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
