import type { LoadedConfig } from '../../config/load.ts';
import { severityOf } from '../alert.ts';
import { systemClock } from '../deliver/clock.ts';
import { Engine } from '../deliver/engine.ts';
import type { AdmissionRules } from '../ingest/admission-rules.ts';
import { Admitter } from '../ingest/admit.ts';
import { Duplicates } from '../ingest/duplicates.ts';
import { Sensors } from '../ingest/sensors/sensors.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { showSensors } from '../observe/sensors.ts';
import type { Logger } from '../observe/log.ts';
import type { Redactor } from '../observe/redact.ts';
import type { NewAlert } from '../queue/queue.ts';
import { createSystemTrust } from '../output/tls.ts';
import { Doors } from './doors.ts';
import { isShortLived } from './durability.ts';
import { FalcoStreams } from './falco-streams.ts';
import { createForwarder } from './forward.ts';
import { watchGauges } from './gauges.ts';
import { Inputs } from './inputs.ts';
import { type Keep, openKeep } from './keep.ts';
import { observeLane } from './lane-observer.ts';
import { memoryWarning } from './memory.ts';
import { Outputs } from './outputs.ts';
import { metricsSettings, needsRestart } from './once.ts';
import { OwnAlerts, staleSummary, storable } from './own-alerts.ts';
import { restOf } from './rest.ts';
import { startStatsd } from './statsd.ts';
import { recall } from './recall.ts';
import { admissionRules } from './rules.ts';

export interface HubOptions {
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The hub cannot go on: the process should end, and be started again. */
  readonly onFatal: (error: Error) => void;
}

/**
 * The running hub: doors, queue, lanes, and what joins them. It is started with a configuration,
 * takes others while it runs, and is stopped once.
 */
export class Hub {
  readonly options: HubOptions;
  readonly metrics: Metrics;
  readonly sensors: Sensors;
  readonly outputs: Outputs;
  readonly own: OwnAlerts;
  readonly doors: Doors;
  readonly falcoStreams: FalcoStreams;
  readonly inputs: Inputs;
  readonly startedAtMs = Date.now();
  #loaded: LoadedConfig;
  #keep: Keep | undefined;
  #engine: Engine | undefined;
  #admitter: Admitter | undefined;
  #stopGauges = (): void => undefined;
  #stopResting = (): void => undefined;
  #stopStatsd = (): Promise<void> => Promise.resolve();

  constructor(loaded: LoadedConfig, options: HubOptions) {
    this.#loaded = loaded;
    this.options = options;
    const { config } = loaded;
    this.metrics = createMetrics(metricsSettings(config));
    this.sensors = new Sensors(config.sensors, Date.now());
    showSensors(this.metrics.registry, this.sensors);
    this.own = new OwnAlerts((alert, except) => {
      void this.#raise(alert, except);
    }, Date.now);
    this.doors = new Doors(this);
    this.falcoStreams = new FalcoStreams(this);
    this.inputs = new Inputs(this);
    this.outputs = new Outputs({
      environment: options.environment,
      version: options.version,
      refuseListeners: () => this.doors.listeners(),
      onWarning: (output, text) => options.log.warn({ output }, text),
    });
  }

  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  get keep(): Keep {
    if (this.#keep === undefined) throw new Error('The hub is not started.');
    return this.#keep;
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('The hub is not started.');
    return this.#engine;
  }

  /** Ready to take alerts and promise them. Outputs have no say in it. */
  ready(): { ready: boolean; detail: Record<string, unknown> } {
    const keep = this.#keep;
    const detail = {
      queue: keep === undefined ? 'opening' : (keep.fault ?? 'ok'),
      durability: keep?.durability,
      misconfigured: this.#loaded.misconfigured.map(({ name }) => name),
      unavailable: this.#loaded.unavailable.map(({ name }) => name),
    };
    return { ready: keep !== undefined && keep.fault === undefined, detail };
  }

  /** Doors first, so that probes are answered while the queue opens; then queue, lanes, alerts. */
  async start(): Promise<void> {
    const { log } = this.options;
    await this.doors.openHttp();
    const keep = await openKeep(this.#loaded.config.queue, {
      log,
      metrics: this.metrics,
      own: () => this.own,
      engine: () => this.#engine,
      onFatal: this.options.onFatal,
    });
    this.#keep = keep;
    this.#engine = this.#newEngine(keep);
    const rules = await this.#applyOutputs(this.#loaded);
    const duplicates = new Duplicates();
    await recall(keep.sqlite, { duplicates, sensors: this.sensors, log });
    this.#admitter = new Admitter(
      {
        queue: keep.queue,
        metrics: this.metrics,
        sensors: this.sensors,
        duplicates,
        fill: () => (keep.sqlite?.usedBytes() ?? 0) / keep.bytesMax,
        onUnkept: (alerts) => this.#sendUnkept(alerts),
        nowMs: Date.now,
      },
      rules,
    );
    this.doors.open(this.#admitter);
    await this.doors.openGrpc();
    await this.doors.openSyslog();
    await this.falcoStreams.open(this.#admitter);
    await this.inputs.open(this.#admitter);
    this.#stopGauges = watchGauges(this);
    this.#stopStatsd = startStatsd(this);
    this.#tellStart(keep);
    this.#stopResting = restOf(keep);
  }

  /** Puts another configuration in force; alerts that were answered keep their fate. */
  async reload(loaded: LoadedConfig): Promise<readonly string[]> {
    const restart = await this.doors.reload(loaded.config);
    this.options.redactor.add(loaded.secrets);
    const before = this.#loaded;
    // Where the queue cannot take the new lanes, the old configuration stays in force.
    const rules = await this.#applyOutputs(loaded);
    this.#loaded = loaded;
    this.sensors.apply(loaded.config.sensors);
    this.#admitter?.apply(rules);
    await this.falcoStreams.reload();
    await this.inputs.reload();
    return [...restart, ...needsRestart(before.config, loaded.config)];
  }

  /** Sends what waits to another hub, until `end` gives the outputs their alerts back. */
  redirect(to: string): { forwarded(): number; end(): Promise<void> } {
    const { environment, version } = this.options;
    const forwarder = createForwarder(to, {
      caFiles: [],
      verify: true,
      environment,
      trustSystem: createSystemTrust(environment),
      allowDestinations: [],
      refuseListeners: () => this.doors.listeners(),
      connections: 8,
      userAgent: `Tocsin/${version}`,
    });
    const giveBack = this.engine.redirect(forwarder.send);
    return {
      forwarded: forwarder.forwarded,
      end: async () => {
        giveBack();
        await forwarder.close();
      },
    };
  }

  /**
   * Stops in order: not ready, then closed to senders, then the attempts under way, then the queue.
   * Returns how many attempts were cut off.
   */
  async stop(lameDuckMs: number, graceMs: number): Promise<void> {
    const { log } = this.options;
    this.#stopResting();
    const deadlineMs = performance.now() + graceMs;
    const left = (): number => Math.max(0, deadlineMs - performance.now());
    this.doors.lameDuck();
    await new Promise((resolve) => setTimeout(resolve, Math.min(lameDuckMs, graceMs / 2)));
    const closeMs = Math.min(2000, left());
    const { doors, falcoStreams, inputs } = this;
    await Promise.all([doors.close(closeMs), falcoStreams.close(closeMs), inputs.close()]);
    this.#admitter?.close();
    if (isShortLived(this.keep.durability)) await this.#drain(() => left() - 1000);
    const cutOff = await this.engine.stop(Math.max(0, left() - 500));
    if (cutOff > 0)
      log.warn({ attempts: cutOff }, 'Attempts were cut off; they may be made again.');
    this.#stopGauges();
    await this.#stopStatsd();
    await this.#tellAbandoned();
    await this.keep.queue.close();
    log.info({}, 'The hub has stopped.');
  }

  /** A queue that dies with the container is worth the whole grace period. */
  async #drain(leftMs: () => number): Promise<void> {
    while (!this.engine.isIdle() && leftMs() > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #tellAbandoned(): Promise<void> {
    const ledger = await this.keep.queue.ledger();
    const waiting = ledger.reduce((sum, lane) => sum + lane.waiting + lane.retry, 0);
    if (waiting === 0) return;
    const { durability } = this.keep;
    const fields = { deliveries: waiting, durability };
    if (isShortLived(durability)) {
      this.options.log.error(
        fields,
        'Deliveries are abandoned: the queue dies with the container.',
      );
    } else {
      this.options.log.info(fields, 'Deliveries wait on disk for the next start.');
    }
  }

  #newEngine(keep: Keep): Engine {
    const { log, redactor } = this.options;
    const watcher = {
      metrics: this.metrics,
      log,
      own: this.own,
      nowMs: () => systemClock.monotonicMs(),
    };
    const observers = new Map<string, ReturnType<typeof observeLane>>();
    return new Engine({
      queue: keep.queue,
      clock: systemClock,
      random: Math.random,
      redact: redactor.redact,
      observerOf: (output) => {
        const known = observers.get(output.name) ?? observeLane(output, watcher);
        observers.set(output.name, known);
        return known;
      },
      staleSummary: (lane, survey) => staleSummary(lane, survey, Date.now()),
      queueBytesMax: keep.bytesMax,
    });
  }

  async #applyOutputs(loaded: LoadedConfig): Promise<AdmissionRules> {
    const lanes = await this.engine.apply(this.outputs.make(loaded));
    return admissionRules(loaded, lanes);
  }

  #sendUnkept(alerts: readonly NewAlert[]): void {
    for (const { priority, lanes, json, ingest, receivedAtMs } of alerts) {
      const position = { shard: severityOf(priority), n: 0 };
      this.engine.offerUnkept({ position, json, ingest, receivedAtMs }, lanes);
    }
  }

  async #raise(alert: Parameters<typeof storable>[0], except: string | undefined): Promise<void> {
    this.options.log.debug({ rule: alert.rule }, 'The hub raises an alert of its own.');
    // Before the lanes run there is nobody to tell; the log has it.
    if (this.#engine === undefined) return;
    const names = this.#loaded.router.route(alert).outputs.filter((name) => name !== except);
    const lanes = this.engine.laneIds(names);
    const stored = storable(alert, lanes, Date.now());
    try {
      await this.keep.queue.append([stored]);
    } catch {
      this.#sendUnkept([stored]);
    }
  }

  #tellStart(keep: Keep): void {
    const { log } = this.options;
    const { directory, durability } = keep;
    const addresses = this.doors.addresses();
    log.info({ ...addresses, outputs: this.#loaded.outputs.map(({ name }) => name) }, 'Listening.');
    const text = 'The queue directory does not outlive the container: put it on a volume.';
    if (isShortLived(durability)) log.warn({ directory, durability }, text);
    else log.info({ directory, durability }, 'Alerts are kept on disk.');
    const warning = memoryWarning(process.constrainedMemory());
    if (warning !== undefined) log.warn({}, warning);
  }
}
