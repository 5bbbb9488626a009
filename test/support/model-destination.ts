import type { Delivery, SendResult, SingleResult } from '../../src/output/define.ts';
import type { Random } from './random.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A destination that answers at random, and writes down what arrived. */

/** How a model's destination behaves. */
export interface Mood {
  /** Chances of each answer; the rest is delivered. */
  readonly reject: number;
  readonly server: number;
  readonly network: number;
  readonly hang: number;
  readonly partial: number;
}

export const WELL: Mood = { reject: 0, server: 0, network: 0, hang: 0, partial: 0 };

export class Destination {
  readonly arrived = new Map<string, number>();
  /** What arrived since the last crash. */
  readonly fresh = new Set<string>();
  mood: Mood = WELL;
  /** Refused for ever: poison. */
  readonly poison = new Set<string>();
  readonly #random: Random;
  readonly #clock: VirtualClock;

  constructor(random: Random, clock: VirtualClock) {
    this.#random = random;
    this.#clock = clock;
  }

  send = async (deliveries: readonly Delivery[], signal: AbortSignal): Promise<SendResult> => {
    await this.#clock.sleep(1 + this.#random.below(20));
    if (this.#random.chance(this.mood.hang)) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return { outcome: 'retry', reason: 'timeout', detail: 'hung' };
    }
    const whole = this.#failure();
    if (this.#random.chance(this.mood.partial)) return this.#partial(deliveries);
    if (whole !== undefined) return whole;
    if (deliveries.some(({ json }) => this.poison.has(uuidIn(json)))) {
      return { outcome: 'reject', reason: 'payload', detail: 'poison' };
    }
    for (const { json } of deliveries) this.#arrive(json);
    return { outcome: 'delivered' };
  };

  #failure(): SingleResult | undefined {
    const { network, server } = this.mood;
    if (this.#random.chance(network)) {
      return { outcome: 'retry', reason: 'network', detail: 'refused' };
    }
    if (this.#random.chance(server)) return { outcome: 'retry', reason: 'server', detail: '500' };
    return undefined;
  }

  #partial(deliveries: readonly Delivery[]): SendResult {
    const results = deliveries.map(({ json }): SingleResult => {
      if (this.poison.has(uuidIn(json)) || this.#random.chance(this.mood.reject)) {
        return { outcome: 'reject', reason: 'payload', detail: 'item' };
      }
      if (this.#random.chance(this.mood.server)) {
        return { outcome: 'retry', reason: 'server', detail: 'item' };
      }
      this.#arrive(json);
      return { outcome: 'delivered' };
    });
    return { outcome: 'partial', results };
  }

  #arrive(json: string): void {
    const uuid = uuidIn(json);
    this.arrived.set(uuid, (this.arrived.get(uuid) ?? 0) + 1);
    this.fresh.add(uuid);
  }
}

function uuidIn(json: string): string {
  return json.slice(9, 45);
}
