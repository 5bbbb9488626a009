import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Metrics } from '../../observe/metrics.ts';
import type { Admission, Sender } from '../admission.ts';
import type { AuditRoom } from '../auditd/room.ts';
import type { Log } from '../log.ts';
import { HandOver } from './hand-over.ts';
import { FileInput } from './input.ts';
import type { LineContext } from './lines.ts';
import type { Pace } from './pace.ts';
import { Positions } from './positions.ts';
import type { FileInputSettings } from './settings.ts';

export type FileInputs = Readonly<Record<string, FileInputSettings>>;

export interface FileInputsDeps {
  readonly admission: Admission;
  /** The queue's, where the positions are kept. */
  readonly directory: string;
  /** Whether more would make the queue give up what waits in it. */
  readonly isFull: () => Promise<boolean>;
  /** What other agents' formats are read with, as the configuration has it now. */
  readonly agents: () => Omit<LineContext, 'sender' | 'alertsMax' | 'cluster' | 'quiet'>;
  /** An event came in that is no alert. One that is read again is told again. */
  readonly onQuiet: (agent: string, hostname: string, sender: Sender) => void;
  /** For auditd's events that are not whole, of all files and connections. */
  readonly auditRoom: AuditRoom;
  readonly metrics: Metrics;
  readonly log: Log;
  /** An input that ends by itself is a fault of the program. */
  readonly onFatal: (error: Error) => void;
  readonly pace?: Pace;
}

/** Alerts that one line may come to. */
const LINE_ALERTS_MAX = 10_000;

interface Running {
  readonly settings: FileInputSettings;
  readonly stop: () => Promise<void>;
}

/** The inputs of the section `inputs.file`, which a reload starts and stops. */
export class FileInputsDoor {
  readonly #deps: FileInputsDeps;
  readonly #positions: Positions;
  readonly #running = new Map<string, Running>();

  private constructor(deps: FileInputsDeps, positions: Positions) {
    this.#deps = deps;
    this.#positions = positions;
  }

  static async open(deps: FileInputsDeps): Promise<FileInputsDoor> {
    return new FileInputsDoor(deps, await Positions.load(deps.directory, deps.log));
  }

  /** From now on these run. One whose settings are the same goes on as it is. */
  async apply(inputs: FileInputs): Promise<void> {
    for (const [name, { settings, stop }] of this.#running) {
      if (isDeepStrictEqual(settings, inputs[name])) continue;
      this.#running.delete(name);
      await stop();
      this.#forget(name);
    }
    this.#positions.keepOnly(new Set(Object.keys(inputs)));
    for (const [name, settings] of Object.entries(inputs)) {
      if (!this.#running.has(name)) this.#running.set(name, this.#start(name, settings));
    }
  }

  /** Resolves when nothing more is read, and all positions are on disk. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#running.values(), ({ stop }) => stop()));
    if (this.#running.size > 0) await this.#positions.flush();
    this.#running.clear();
  }

  #start(name: string, settings: FileInputSettings): Running {
    const { onFatal, pace, auditRoom, metrics, log } = this.#deps;
    const stopping = new AbortController();
    const { signal } = stopping;
    const input = new FileInput({
      name,
      settings,
      handOver: this.#handOver(name, signal),
      context: this.#contextOf(name, settings),
      auditRoom,
      positions: this.#positions,
      metrics,
      log,
      stopping: signal,
      ...(pace !== undefined && { pace }),
    });
    const running = input.run().catch((error: Error) => onFatal(error));
    return {
      settings,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  }

  #handOver(name: string, stopping: AbortSignal): HandOver {
    const { admission, isFull, metrics, log } = this.#deps;
    const sender = senderOf(name);
    return new HandOver({ name, sender, admission, isFull, metrics, log, stopping });
  }

  /** The cluster is named by the configuration, which is as good as a credential. */
  #contextOf(name: string, { hostname: host, cluster }: FileInputSettings): () => LineContext {
    const sender: Sender = {
      input: 'file',
      peer: host ?? hostname(),
      ...(cluster !== undefined && { identity: `file:${cluster}` }),
    };
    const add = (agent: string, named = ''): void =>
      this.#deps.onQuiet(agent, named, senderOf(name));
    const context = { sender, alertsMax: LINE_ALERTS_MAX, cluster, quiet: { add } };
    return () => ({ ...context, ...this.#deps.agents() });
  }

  #forget(name: string): void {
    const { fileBehind, filesOpen, filesUnreadable } = this.#deps.metrics;
    for (const gauge of [fileBehind, filesOpen, filesUnreadable]) gauge.remove({ name });
  }
}

function senderOf(name: string): Sender {
  return { input: 'file', peer: hostname(), identity: `file:${name}`, resends: true };
}
