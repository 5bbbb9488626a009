import { isDeepStrictEqual } from 'node:util';
import type { Admission, Sender } from '../admission.ts';
import type { Log } from '../log.ts';
import type { FalcoGrpcSettings } from './settings.ts';
import { FalcoStream, type StreamState } from './stream.ts';
import { isMoving, type LookUp, type Place, placesOf } from './targets.ts';

export interface FalcoGrpcDeps {
  readonly admission: Admission;
  readonly onRejected: (rejected: { code: string; alerts: number; sender: Sender }) => void;
  /** An operator must mend something before the alerts of this Falco come in. */
  readonly onMistake: (input: string, address: string, advice: string) => void;
  /** Alerts that Falco has handed over, and that could not be stored before the hub had to stop. */
  readonly onLost: (input: string, alerts: number) => void;
  readonly log: Log;
  readonly random: () => number;
  /** How often names are looked up again. */
  readonly lookupMs?: number;
  /** How names become addresses; default: as the system has it. */
  readonly lookUp?: LookUp;
}

const LOOKUP_MS = 30_000;

/** One of `inputs.falcoGrpc`: a stream to each Falco behind its targets. */
export class FalcoGrpcInput {
  readonly settings: FalcoGrpcSettings;
  readonly #name: string;
  readonly #deps: FalcoGrpcDeps;
  readonly #streams = new Map<string, FalcoStream>();
  /** What each target had when it was last known. */
  readonly #known = new Map<string, readonly Place[]>();
  readonly #unknown = new Set<string>();
  readonly #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void>;
  #isClosed = false;

  constructor(name: string, settings: FalcoGrpcSettings, deps: FalcoGrpcDeps) {
    this.settings = settings;
    this.#name = name;
    this.#deps = deps;
    this.#looking = this.#lookUp();
    if (settings.targets.some(isMoving)) {
      this.#timer = setInterval(() => {
        this.#looking = this.#looking.then(() => this.#lookUp());
      }, deps.lookupMs ?? LOOKUP_MS).unref();
    }
  }

  states(): StreamState[] {
    return [...this.#streams.values()].map(({ state }) => state);
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#looking;
    const streams = [...this.#streams.values()];
    const left = await Promise.all(streams.map((stream) => stream.close(graceMs)));
    const lost = left.reduce((sum, one) => sum + one, 0);
    if (lost > 0) this.#deps.onLost(this.#name, lost);
  }

  async #lookUp(): Promise<void> {
    await Promise.all(this.settings.targets.map((target) => this.#lookUpOne(target)));
    if (this.#isClosed) return;
    const places = new Map([...this.#known.values()].flat().map((one) => [one.address, one]));
    for (const [address, stream] of this.#streams) {
      stream.retire(!places.has(address));
      if (stream.isOver) await this.#end(address, stream);
    }
    for (const [address, place] of places) {
      if (!this.#streams.has(address)) this.#streams.set(address, this.#open(place));
    }
  }

  /** A name that is not known at the moment has the addresses it had. */
  async #lookUpOne(target: string): Promise<void> {
    try {
      this.#known.set(target, await placesOf(target, this.#deps.lookUp));
      this.#unknown.delete(target);
    } catch (error) {
      if (!this.#unknown.has(target)) {
        const { message } = error as Error;
        this.#deps.log.warn({ target, error: message }, 'The name of a Falco is not known.');
      }
      this.#unknown.add(target);
    }
  }

  #open(place: Place): FalcoStream {
    const { admission, onRejected, onMistake, log, random } = this.#deps;
    const sender = { input: 'grpc', peer: peerOf(place), identity: `falcoGrpc:${this.#name}` };
    return new FalcoStream(place, {
      admission,
      tls: place.host === '' ? undefined : this.settings.tls,
      sender: sender as Sender,
      onRejected,
      onMistake: (address, advice) => onMistake(this.#name, address, advice),
      log,
      random,
    });
  }

  async #end(address: string, stream: FalcoStream): Promise<void> {
    this.#streams.delete(address);
    const lost = await stream.close(0);
    if (lost > 0) this.#deps.onLost(this.#name, lost);
  }
}

/** An address without its port; a socket of this machine has none. */
function peerOf({ address, host }: Place): string {
  if (host === '') return 'unix';
  const [, kind, rest = ''] = /^(ipv4|ipv6|dns):(.*):\d+$/.exec(address) ?? [];
  return kind === 'dns' ? host : rest.replaceAll(/[[\]]/g, '');
}

/** All of `inputs.falcoGrpc`. */
export class FalcoGrpcInputs {
  readonly #deps: FalcoGrpcDeps;
  readonly #inputs = new Map<string, FalcoGrpcInput>();

  constructor(deps: FalcoGrpcDeps) {
    this.#deps = deps;
  }

  /** Opens and closes what has changed; the other streams go on. */
  async apply(all: Readonly<Record<string, FalcoGrpcSettings>>, graceMs: number): Promise<void> {
    const gone = [...this.#inputs].filter(
      ([name, { settings }]) => !isDeepStrictEqual(settings, all[name]),
    );
    for (const [name] of gone) this.#inputs.delete(name);
    await Promise.all(gone.map(([, input]) => input.close(graceMs)));
    for (const [name, settings] of Object.entries(all)) {
      if (this.#inputs.has(name)) continue;
      this.#inputs.set(name, new FalcoGrpcInput(name, settings, this.#deps));
    }
  }

  /** How many streams of each input are in which state. */
  counts(): { readonly input: string; readonly state: StreamState; readonly count: number }[] {
    return [...this.#inputs].flatMap(([input, one]) => {
      const states = one.states();
      return (['connecting', 'connected', 'misconfigured'] as const).map((state) => ({
        input,
        state,
        count: states.filter((each) => each === state).length,
      }));
    });
  }

  async close(graceMs: number): Promise<void> {
    await this.apply({}, graceMs);
  }
}
