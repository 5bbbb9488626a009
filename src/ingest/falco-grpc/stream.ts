import { setTimeout as pause } from 'node:timers/promises';
import { type Client, connectivityState } from '@grpc/grpc-js';
import type { Admission, Sender } from '../admission.ts';
import type { Log } from '../log.ts';
import { adviceOn, connect, subscribe, type Subscription } from './connection.ts';
import { documentOf, type FalcoResponse } from './document.ts';
import { Inlet } from './inlet.ts';
import type { FalcoGrpcTls } from './settings.ts';
import type { Place } from './targets.ts';

/** `misconfigured`: trying again does not mend it, but goes on. */
export type StreamState = 'connecting' | 'connected' | 'misconfigured';

export interface StreamDeps {
  readonly admission: Admission;
  readonly tls: FalcoGrpcTls | undefined;
  readonly sender: Sender;
  readonly onRejected: (rejected: { code: string; alerts: number; sender: Sender }) => void;
  readonly onMistake: (address: string, advice: string) => void;
  readonly log: Log;
  readonly random: () => number;
}

/** Falco waits for a request once its queue is empty, and writes nothing until it comes. */
const ASK_MS = 500;
const BACKOFF_MS = { first: 1000, max: 30_000 } as const;
/** A stream that lasted so long was a good one. */
const STEADY_MS = 60_000;
/** After a stop nothing more is asked for; what is on its way comes within this time. */
const QUIET_MS = { look: 50, enough: 150, max: 1000 } as const;

/** The alerts of one Falco, for as long as there is one: it connects again for ever. */
export class FalcoStream {
  readonly #place: Place;
  readonly #deps: StreamDeps;
  readonly #inlet: Inlet;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #call: Subscription | undefined;
  #state: StreamState = 'connecting';
  #isRetired = false;
  #isOver = false;
  /** When something was last asked for, or came. */
  #activeMs = 0;
  #lastFailure = '';

  constructor(place: Place, deps: StreamDeps) {
    this.#place = place;
    this.#deps = deps;
    const { admission, sender, onRejected, log } = deps;
    const onRoom = (): void => void this.#call?.resume();
    this.#inlet = new Inlet({ admission, sender, onRejected, onRoom, log });
    this.#running = this.#run();
  }

  get state(): StreamState {
    return this.#state;
  }

  /** It was retired, its Falco is gone, and all that came from there is stored. */
  get isOver(): boolean {
    return this.#isOver && this.#inlet.isEmpty;
  }

  /** Its address is no longer named: while its Falco still answers, its alerts are taken. */
  retire(isRetired: boolean): void {
    this.#isRetired = isRetired;
    if (!isRetired || this.#state === 'connected') return;
    this.#ending.abort();
    this.#call?.cancel();
  }

  /** Returns how many alerts were read and could not be stored. */
  async close(graceMs: number): Promise<number> {
    this.#ending.abort();
    await this.#quiet();
    this.#call?.cancel();
    await this.#running;
    return this.#inlet.close(graceMs);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#ending.signal.aborted) {
      const startedMs = performance.now();
      const failure = await this.#once();
      failures = performance.now() - startedMs > STEADY_MS ? 1 : failures + 1;
      if (this.#ending.signal.aborted || this.#isRetired) break;
      await this.#tell(failure);
      const mostMs = Math.min(BACKOFF_MS.max, BACKOFF_MS.first * 2 ** Math.min(failures - 1, 10));
      await this.#pause(mostMs * (0.5 + this.#deps.random() / 2));
    }
    this.#isOver = true;
  }

  /** One connection, from its beginning to its end. Returns why it ended. */
  async #once(): Promise<string> {
    let client: Client;
    try {
      client = await connect(this.#place, this.#deps.tls);
    } catch (error) {
      return (error as Error).message;
    }
    const call = subscribe(client);
    this.#call = call;
    const ended = endOf(call);
    call.on('data', (response: FalcoResponse) => this.#take(call, response));
    if (this.#inlet.isFull) call.pause();
    this.#activeMs = performance.now();
    call.write({});
    const asking = setInterval(() => this.#ask(client, call), ASK_MS);
    // It was closed while the files were read.
    if (this.#ending.signal.aborted) call.cancel();
    try {
      return await ended;
    } finally {
      clearInterval(asking);
      this.#call = undefined;
      if (this.#state === 'connected') this.#state = 'connecting';
      client.close();
    }
  }

  #take(call: Subscription, response: FalcoResponse): void {
    this.#activeMs = performance.now();
    this.#connected();
    this.#inlet.take(documentOf(response), response.output.length);
    if (this.#inlet.isFull) call.pause();
  }

  #ask(client: Client, call: Subscription): void {
    if (client.getChannel().getConnectivityState(false) === connectivityState.READY) {
      this.#connected();
    }
    if (this.#ending.signal.aborted || call.isPaused()) return;
    if (performance.now() - this.#activeMs < ASK_MS / 2) return;
    this.#activeMs = performance.now();
    call.write({});
  }

  #connected(): void {
    if (this.#state === 'connected') return;
    this.#state = 'connected';
    this.#lastFailure = '';
    this.#deps.log.info({ falco: this.#place.address }, 'Alerts of a Falco are read.');
  }

  /** The same failure is told once, however often it comes. */
  async #tell(failure: string): Promise<void> {
    const { log, onMistake, tls } = this.#deps;
    const { address } = this.#place;
    const advice = await adviceOn(failure, this.#place, tls).catch(() => undefined);
    this.#state = advice === undefined ? 'connecting' : 'misconfigured';
    // gRPC puts the time into some of its texts.
    const told = advice ?? failure.replaceAll(/\d{4}-[\dT:.-]+Z/g, '');
    if (told === this.#lastFailure) return;
    this.#lastFailure = told;
    if (advice === undefined) {
      log.warn({ falco: address, error: failure }, 'A Falco cannot be read; it is tried again.');
      return;
    }
    log.error({ falco: address, error: failure, advice }, 'A Falco cannot be read as configured.');
    onMistake(address, advice);
  }

  async #quiet(): Promise<void> {
    const latestMs = performance.now() + QUIET_MS.max;
    const isQuiet = (): boolean => performance.now() - this.#activeMs >= QUIET_MS.enough;
    while (this.#call !== undefined && !isQuiet() && performance.now() < latestMs) {
      await pause(QUIET_MS.look);
    }
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}

interface Status {
  readonly code: number;
  readonly details: string;
}

const CODES: Readonly<Record<number, string>> = { 0: 'OK', 12: 'UNIMPLEMENTED', 14: 'UNAVAILABLE' };

/** Why the stream ended, in the words of gRPC, OpenSSL and Node. */
function endOf(call: Subscription): Promise<string> {
  return new Promise((resolve) => {
    // It comes with the status, which says the same.
    call.on('error', () => undefined);
    call.on('status', ({ code, details }: Status) =>
      resolve(`${CODES[code] ?? `status ${code}`}: ${details}`),
    );
  });
}
