import { isDeepStrictEqual } from 'node:util';
import type { ResolvedOutput } from '../../config/check/outputs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { type Adapter, createAdapter } from '../deliver/adapter.ts';
import type { EngineOutput } from '../deliver/engine.ts';
import { createHttpClient, type HttpClientOptions } from '../output/http.ts';
import { createNetwork } from '../output/network.ts';
import { createSystemTrust } from '../output/tls.ts';

/** Bytes of one attempt where neither output nor configuration say. */
const BATCH_BYTES_MAX = 1024 * 1024;
/** When an alert is too old to be sent by itself: people read chat, and on-call is woken. */
const STALE_AFTER_MS: Readonly<Record<string, number>> = {
  chat: 60 * 60 * 1000,
  alerting: 30 * 60 * 1000,
};

export interface OutputsEnvironment {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly refuseListeners: HttpClientOptions['refuseListeners'];
  readonly version: string;
  readonly onWarning: (output: string, text: string) => void;
}

interface Known {
  readonly resolved: ResolvedOutput;
  readonly client: LoadedConfig['config']['client'];
  readonly output: EngineOutput;
}

/** Makes the engine's outputs of a configuration; what a reload did not change is kept as it is. */
export class Outputs {
  readonly #environment: OutputsEnvironment;
  #known = new Map<string, Known>();

  constructor(environment: OutputsEnvironment) {
    this.#environment = environment;
  }

  make({ outputs, config }: LoadedConfig): EngineOutput[] {
    // Read anew with each configuration, for what the system trusts changes, too.
    const trustSystem = createSystemTrust(this.#environment.environment);
    const next = new Map<string, Known>();
    for (const resolved of outputs) {
      const { client } = config;
      const known = this.#known.get(resolved.name);
      const same =
        known !== undefined &&
        isDeepStrictEqual(known.client, client) &&
        isDeepStrictEqual(plain(known.resolved), plain(resolved));
      const output = same ? known.output : this.#makeOne(resolved, client, trustSystem);
      next.set(resolved.name, { resolved, client, output });
    }
    this.#known = next;
    return [...next.values()].map(({ output }) => output);
  }

  /** The adapter of an output, for a test of it. */
  adapter(name: string): Adapter | undefined {
    return this.#known.get(name)?.output.adapter;
  }

  acknowledged(name: string): boolean {
    return this.#known.get(name)?.resolved.definition.acknowledged !== false;
  }

  #makeOne(
    resolved: ResolvedOutput,
    client: LoadedConfig['config']['client'],
    trustSystem: () => void,
  ): EngineOutput {
    const { name, definition, common, settings } = resolved;
    const lane = laneSettings(resolved);
    const { concurrency } = lane;
    const options = {
      ...this.#clientOptions(resolved, client),
      trustSystem,
      connections: concurrency,
    };
    const [http, network] = [createHttpClient(options), createNetwork(options)];
    const adapter = createAdapter({ definition, settings, http, network });
    const output = { name, type: definition.id, settings: lane, adapter };
    return common.formerly === undefined ? output : { ...output, formerly: common.formerly };
  }

  #clientOptions(
    { name, common }: ResolvedOutput,
    client: LoadedConfig['config']['client'],
  ): Omit<HttpClientOptions, 'connections'> {
    const { environment, refuseListeners, version, onWarning } = this.#environment;
    const { tls } = common;
    return {
      caFiles: [client.caFile, tls?.caFile].filter((file) => file !== undefined),
      certFile: tls?.certFile,
      keyFile: tls?.keyFile,
      serverName: tls?.serverName,
      verify: tls?.verify ?? true,
      proxy: common.proxy,
      environment,
      allowDestinations: [...client.allowDestinations, ...common.allowDestinations],
      refuseListeners,
      userAgent: `Tocsin/${version}`,
      onWarning: (text) => onWarning(name, text),
    };
  }
}

/** The configuration's word, else the output's, else the general one. */
function laneSettings({ name, definition, common, settings }: ResolvedOutput) {
  const { staleAfterMs = STALE_AFTER_MS[definition.category] ?? 0 } = definition;
  return {
    name,
    type: definition.id,
    batch: batchOf(definition, common, settings),
    concurrency: common.concurrency ?? definition.concurrency ?? 1,
    timeoutMs: common.timeout,
    staleAfterMs: common.staleAfter ?? staleAfterMs,
    retryAgeMaxMs: common.retry.ageMax,
  };
}

function batchOf(
  { batch }: ResolvedOutput['definition'],
  common: ResolvedOutput['common'],
  settings: ResolvedOutput['settings'],
): EngineOutput['settings']['batch'] {
  const own = typeof batch === 'function' ? batch(settings) : batch;
  const { alertsMax = own.alertsMax, bytesMax = own.bytesMax, wait } = common.batch ?? {};
  return { alertsMax, bytesMax: bytesMax ?? BATCH_BYTES_MAX, waitMs: wait ?? own.waitMs };
}

/** What of an output can differ between two loads; the definition is the same object. */
function plain({ definition, common, settings }: ResolvedOutput) {
  return { id: definition.id, common, settings };
}
