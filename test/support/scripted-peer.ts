import type { Delivery, SendResult } from '../../src/output/define.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface Attempt {
  readonly atMs: number;
  readonly uuids: readonly string[];
}

type Answer = (
  deliveries: readonly Delivery[],
  signal: AbortSignal,
) => SendResult | Promise<SendResult>;

export const DELIVERED = { outcome: 'delivered' } as const;
/** Hangs until its time is up. */
export const NEVER: Answer = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
/** Hangs for ever, whatever its signal says. */
export const DEAF: Answer = () => new Promise(() => undefined);

export function retry(reason: 'server' | 'auth' | 'network' | 'rateLimited', afterMs?: number) {
  const result = { outcome: 'retry', reason, detail: `a ${reason} failure` } as const;
  return afterMs === undefined ? result : { ...result, afterMs };
}

export const REJECTED = { outcome: 'reject', reason: 'payload', detail: 'refused' } as const;

/** A destination: answers as the test says, and writes down what it took. */
export class Peer {
  /** When each alert was delivered, by uuid. */
  readonly arrived = new Map<string, number[]>();
  readonly attempts: Attempt[] = [];
  latencyMs = 10;
  answer: Answer = () => DELIVERED;
  close = async (): Promise<void> => undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  send = async (deliveries: readonly Delivery[], signal: AbortSignal): Promise<SendResult> => {
    const uuids = deliveries.map(({ json }) => uuidIn(json));
    this.attempts.push({ atMs: this.#clock.monotonicMs(), uuids });
    await this.#clock.sleep(this.latencyMs);
    const result = await this.answer(deliveries, signal);
    uuids.forEach((uuid, i) => {
      const one = result?.outcome === 'partial' ? result.results?.[i] : result;
      if (one?.outcome !== 'delivered') return;
      this.arrived.set(uuid, [...(this.arrived.get(uuid) ?? []), this.#clock.monotonicMs()]);
    });
    return result;
  };

  has(uuid: string): boolean {
    return this.arrived.has(uuid);
  }

  /** Attempts that held this alert. */
  triesOf(uuid: string): number {
    return this.attempts.filter(({ uuids }) => uuids.includes(uuid)).length;
  }
}

export function uuidIn(json: string): string {
  return json.slice(9, 45);
}

/** An answer that treats one alert on its own and delivers all others. */
export function butFor(uuids: readonly string[], bad: SendResult): Answer {
  const wrong = new Set(uuids);
  return (deliveries) => (deliveries.some(({ json }) => wrong.has(uuidIn(json))) ? bad : DELIVERED);
}
