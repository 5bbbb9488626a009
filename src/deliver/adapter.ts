import type { Static, TObject } from 'typebox';
import type { Connection, Delivery, OutputDefinition, SendResult } from '../output/define.ts';
import type { HttpClient } from '../output/http.ts';
import { resultOfError } from '../output/http-result.ts';
import type { Network } from '../output/network.ts';

/**
 * An output's adapter as the lane calls it. One that keeps a connection has it opened with the first
 * attempt and again after an attempt that threw or ran out of time; the old one is closed when nobody
 * uses it any more.
 */
export interface Adapter {
  send(deliveries: readonly Delivery[], signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}

export interface AdapterOptions {
  readonly definition: OutputDefinition;
  readonly settings: Static<TObject>;
  readonly http: HttpClient;
  readonly network: Network;
}

export function createAdapter(options: AdapterOptions): Adapter {
  return options.definition.open === undefined
    ? createStateless(options)
    : new ConnectionAdapter(options);
}

function createStateless({ definition, settings, http, network }: AdapterOptions): Adapter {
  return {
    async send(deliveries, signal) {
      if (definition.send === undefined) {
        throw new Error(`Output ${definition.id} has neither send nor open.`);
      }
      return definition.send({ settings, http, network, signal }, deliveries);
    },
    close: () => http.close(),
  };
}

interface Opened {
  readonly connection: Promise<Connection>;
  users: number;
  retired: boolean;
}

class ConnectionAdapter implements Adapter {
  readonly #options: AdapterOptions;
  #opened: Opened | undefined;

  constructor(options: AdapterOptions) {
    this.#options = options;
  }

  async send(deliveries: readonly Delivery[], signal: AbortSignal): Promise<SendResult> {
    const opened = this.#open(signal);
    // A connection that lets an attempt run out of time may be dead: the next one opens another.
    const retire = (): void => this.#retire(opened);
    signal.addEventListener('abort', retire, { once: true });
    opened.users += 1;
    try {
      const connection = await opened.connection;
      return await connection.send(deliveries, { signal });
    } catch (error) {
      this.#retire(opened);
      return resultOfError(error);
    } finally {
      signal.removeEventListener('abort', retire);
      opened.users -= 1;
      // The result does not wait for it.
      if (opened.retired && opened.users === 0) void closeQuietly(opened);
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (opened !== undefined) {
      this.#retire(opened);
      if (opened.users === 0) await closeQuietly(opened);
    }
    await this.#options.http.close();
  }

  #open(signal: AbortSignal): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const { definition, settings, http, network } = this.#options;
    const connection = (async () => {
      if (definition.open === undefined) throw new Error('No open.');
      return definition.open({ settings, http, network, signal });
    })();
    const opened: Opened = { connection, users: 0, retired: false };
    this.#opened = opened;
    return opened;
  }

  #retire(opened: Opened): void {
    opened.retired = true;
    if (this.#opened === opened) this.#opened = undefined;
  }
}

/** A connection that cannot even be closed is gone; its failure was told where it mattered. */
async function closeQuietly(opened: Opened): Promise<void> {
  try {
    const connection = await opened.connection;
    await connection.close();
  } catch {
    // Told by the attempt that failed.
  }
}
