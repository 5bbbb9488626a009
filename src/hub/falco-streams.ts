import type { Admission } from '../ingest/admission.ts';
import type { FalcoGrpcInputs } from '../ingest/falco-grpc/input.ts';
import { falcoStreamMetrics } from '../observe/falco-streams.ts';
import type { Hub } from './hub.ts';

/** What alerts that were read may take to the disk when their input is changed. */
const CHANGE_MS = 10_000;

/** The alerts that the hub reads from Falco by itself. */
export class FalcoStreams {
  readonly #hub: Hub;
  #admission: Admission | undefined;
  #inputs: FalcoGrpcInputs | undefined;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async open(admission: Admission): Promise<void> {
    this.#admission = admission;
    await this.reload();
  }

  /** Opens and closes what the configuration now says. */
  async reload(): Promise<void> {
    const { falcoGrpc } = this.#hub.loaded.config.inputs;
    // grpc-js is loaded only where it is used.
    if (this.#inputs === undefined && Object.keys(falcoGrpc).length === 0) return;
    this.#inputs ??= await this.#load();
    await this.#inputs?.apply(falcoGrpc, CHANGE_MS);
  }

  async close(graceMs: number): Promise<void> {
    await this.#inputs?.close(graceMs);
  }

  async #load(): Promise<FalcoGrpcInputs | undefined> {
    const admission = this.#admission;
    if (admission === undefined) return undefined;
    const { FalcoGrpcInputs } = await import('../ingest/falco-grpc/input.ts');
    const { metrics, own, options } = this.#hub;
    const { log } = options;
    const { lost } = falcoStreamMetrics(metrics.registry, () => this.#inputs?.counts() ?? []);
    return new FalcoGrpcInputs({
      admission,
      onRejected: ({ code, alerts, sender }) =>
        metrics.rejected.inc({ input: sender.input, code }, alerts),
      onMistake: (input, address, advice) =>
        own.raise({
          rule: 'Tocsin: a Falco cannot be read',
          about: `${input} ${address}`,
          priority: 'error',
          text: `The alerts of the Falco at ${address} (inputs.falcoGrpc.${input}) do not come in: ${advice}.`,
          fields: { 'tocsin.input': input },
        }),
      onLost: (input, alerts) => {
        lost.inc({ input }, alerts);
        log.error({ input, alerts }, 'Alerts that Falco had handed over could not be stored.');
      },
      log,
      random: Math.random,
    });
  }
}
