import type { AddressInfo } from 'node:net';
import type { LoadedConfig } from '../../config/load.ts';
import { agentSettings } from './agent-settings.ts';
import type { Admission, Sender } from '../ingest/admission.ts';
import type { Quiet } from '../ingest/agents/quiet.ts';
import type { GrpcIngest } from '../ingest/grpc/server.ts';
import { createHttpIngest, type HttpIngest } from '../ingest/http/server.ts';
import { sensorOf } from '../ingest/sensors/sensors.ts';
import { type FalcoExporter, openFalcoExporter } from './falco-exporter.ts';
import type { SyslogIngest } from '../ingest/syslog/server.ts';
import { Gate } from './gate.ts';
import type { Hub } from './hub.ts';

type Config = LoadedConfig['config'];

/** The ways in: HTTP always, gRPC where it is configured. */
export class Doors {
  readonly #hub: Hub;
  readonly #gate = new Gate();
  #http: HttpIngest | undefined;
  #grpc: GrpcIngest | undefined;
  #grpcAddress: AddressInfo | undefined;
  #exporter: FalcoExporter | undefined;
  #syslog: SyslogIngest | undefined;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async openHttp(): Promise<void> {
    const { config } = this.#hub.loaded;
    const { metrics } = this.#hub;
    // Looked up once, since they count every request.
    const accepted = metrics.inputs.series(['requests', 'accepted']);
    const rejected = metrics.inputs.series(['requests', 'rejected']);
    this.#http = createHttpIngest({
      settings: config.ingest.http,
      sidekickStatus: config.compat.sidekickStatus,
      admission: this.#gate,
      agents: () => agentSettings(this.#hub.loaded),
      ready: () => this.#hub.ready(),
      metrics: async () => ({
        contentType: metrics.registry.contentType,
        body: await metrics.registry.metrics(),
      }),
      onRejected: ({ code, alerts, sender }) =>
        metrics.rejected.inc({ input: sender.input, code }, alerts),
      onQuiet: (quiet) => this.#tellQuiet(quiet),
      onRequest: (request) => (request.accepted ? accepted : rejected).add(1),
      onInvalidUtf8: ({ input }) => metrics.invalidUtf8.inc({ input }),
      log: this.#hub.options.log,
    });
    await this.#http.listen();
    metrics.authenticated.set({ input: 'http' }, this.#http.authenticated() ? 1 : 0);
    await this.#openFalcoExporter();
  }

  /** No way in, but beside them: the metrics of falco-exporter, where they are wanted. */
  async #openFalcoExporter(): Promise<void> {
    const settings = this.#hub.loaded.config.metrics.falcoExporter;
    if (settings === undefined) return;
    this.#exporter = await openFalcoExporter({
      settings,
      registry: this.#hub.metrics.exporter,
      ready: () => this.#hub.ready().ready,
      log: this.#hub.options.log,
    });
  }

  /** Opens where it is configured; grpc-js is loaded only then. */
  async openGrpc(): Promise<void> {
    const settings = this.#hub.loaded.config.ingest.grpc;
    if (settings === undefined) return;
    const { createGrpcIngest } = await import('../ingest/grpc/server.ts');
    const { metrics } = this.#hub;
    this.#grpc = createGrpcIngest({
      settings,
      admission: this.#gate,
      agents: () => agentSettings(this.#hub.loaded),
      ready: () => this.#hub.ready().ready,
      onRejected: ({ code, alerts, sender }) =>
        metrics.rejected.inc({ input: sender.input, code }, alerts),
      onQuiet: (quiet) => this.#tellQuiet(quiet),
      log: this.#hub.options.log,
    });
    this.#grpcAddress = await this.#grpc.listen();
    metrics.authenticated.set({ input: 'grpc' }, this.#grpc.authenticated() ? 1 : 0);
  }

  /** Opens where it is configured. */
  async openSyslog(): Promise<void> {
    const settings = this.#hub.loaded.config.ingest.syslog;
    if (settings === undefined) return;
    const { createSyslogIngest } = await import('../ingest/syslog/server.ts');
    const { metrics } = this.#hub;
    this.#syslog = createSyslogIngest({
      settings,
      admission: this.#gate,
      agents: () => agentSettings(this.#hub.loaded),
      onRejected: ({ code, alerts, sender }) =>
        metrics.rejected.inc({ input: sender.input, code }, alerts),
      onQuiet: (quiet) => this.#tellQuiet(quiet),
      log: this.#hub.options.log,
    });
    await this.#syslog.listen();
    metrics.authenticated.set({ input: 'syslog' }, this.#syslog.authenticated() ? 1 : 0);
  }

  /** Events that are no alert show all the same that their sensor is alive. */
  #tellQuiet({ agent, hostname, count, sender }: Quiet & { readonly sender: Sender }): void {
    this.#hub.metrics.quiet.inc({ format: agent }, count);
    this.#hub.sensors.contacted(sensorOf(sender, agent, hostname), Date.now());
  }

  /** The queue is open: alerts that waited go in. */
  open(admission: Admission): void {
    this.#gate.open(admission);
  }

  /** Returns the settings that only a restart puts in force. */
  async reload({ ingest, compat }: Config): Promise<readonly string[]> {
    const restart = [...((await this.#http?.reload(ingest.http, compat.sidekickStatus)) ?? [])];
    if (ingest.grpc !== undefined && this.#grpc !== undefined) {
      restart.push(...(await this.#grpc.reload(ingest.grpc)));
    } else if ((ingest.grpc === undefined) !== (this.#grpc === undefined)) {
      restart.push('ingest.grpc');
    }
    return [...restart, ...this.#syslogChanges(ingest.syslog)];
  }

  #syslogChanges(settings: Config['ingest']['syslog']): readonly string[] {
    if (settings !== undefined && this.#syslog !== undefined) return this.#syslog.reload(settings);
    return (settings === undefined) === (this.#syslog === undefined) ? [] : ['ingest.syslog'];
  }

  #syslogAddresses(): [name: string, address: AddressInfo][] {
    return Object.entries(this.#syslog?.addresses() ?? {});
  }

  listeners(): { address: string; port: number }[] {
    const { main, plain } = this.#http?.addresses() ?? {};
    const { metrics, probes } = this.#exporter?.addresses ?? {};
    const syslog = this.#syslogAddresses().map(([, address]) => address);
    const own = this.#hub.inputs.listeners();
    const all = [main, plain, this.#grpcAddress, ...syslog, metrics, probes, ...own];
    return all.filter((address) => address !== undefined);
  }

  addresses(): Record<string, string> {
    const { main, plain } = this.#http?.addresses() ?? {};
    const { metrics: falcoExporter, probes: falcoExporterProbes } = this.#exporter?.addresses ?? {};
    const syslog = this.#syslogAddresses().map(([name, address]) => [`syslog.${name}`, address]);
    const named = {
      http: main,
      plain,
      grpc: this.#grpcAddress,
      ...(Object.fromEntries(syslog) as Record<string, AddressInfo>),
      falcoExporter,
      falcoExporterProbes,
    };
    return Object.fromEntries(
      Object.entries(named)
        .filter((entry): entry is [string, AddressInfo] => entry[1] !== undefined)
        .map(([name, { address, port, family }]) => [
          name,
          family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`,
        ]),
    );
  }

  certificatesNotAfter(): Date[] {
    const doors = [this.#http, this.#grpc, this.#syslog, this.#exporter, this.#hub.inputs];
    const dates = doors.map((door) => door?.certificateNotAfter());
    return dates.filter((date) => date !== undefined);
  }

  lameDuck(): void {
    this.#http?.lameDuck();
    this.#grpc?.lameDuck();
    this.#syslog?.lameDuck();
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([
      this.#http?.close(graceMs),
      this.#grpc?.close(graceMs),
      this.#exporter?.close(),
      this.#syslog?.close(graceMs),
    ]);
  }
}
