import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { createServer } from '../node-http.ts';
import { listen } from '../ingest/http/listener.ts';
import type { Log } from '../ingest/log.ts';
import { loadTlsFiles, type TlsFiles, watchTlsFiles } from '../ingest/tls-files.ts';

/** The section `metrics.falcoExporter` of the configuration. */
export interface FalcoExporterSettings {
  /** `host:port` of the metrics. */
  readonly address: string;
  /** `host:port` of the probes. */
  readonly probesAddress: string;
  readonly tls?: TlsFiles | undefined;
}

export interface FalcoExporterDeps {
  readonly settings: FalcoExporterSettings;
  /** Holds `falco_events`. */
  readonly registry: Registry;
  ready(): boolean;
  readonly log: Log;
}

/** Listeners in the place of falco-exporter's. */
export interface FalcoExporter {
  readonly addresses: { readonly metrics: AddressInfo; readonly probes: AddressInfo };
  certificateNotAfter(): Date | undefined;
  close(): Promise<void>;
}

/** Nobody but Prometheus and a kubelet has business here. */
const CONNECTIONS_MAX = 64;
const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 };

/**
 * Serves `falco_events` on the addresses and paths of falco-exporter, so that its scrape jobs, probes
 * and dashboards (Grafana's 11914) work as they are. Rejects where an address cannot be had or the
 * TLS files cannot be served.
 */
export async function openFalcoExporter(deps: FalcoExporterDeps): Promise<FalcoExporter> {
  const { settings, log } = deps;
  const answer = (path: string, response: ServerResponse): void =>
    path === '/metrics' ? void sendMetrics(deps, response) : end(response, 404);
  const { server, watch } = await metricsServer(settings.tls, handlerOf(answer), log);
  const probes = createServer(LIMITS, handlerOf(probeOf(deps)));
  probes.maxConnections = CONNECTIONS_MAX;
  const close = async (): Promise<void> => {
    watch?.close();
    await Promise.all([closed(server), closed(probes)]);
  };
  try {
    const metrics = await listen(server, settings.address, log);
    const addresses = { metrics, probes: await listen(probes, settings.probesAddress, log) };
    return { addresses, close, certificateNotAfter: () => watch?.current().notAfter };
  } catch (error) {
    await close();
    throw error;
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A client authority asks for a certificate of it, as falco-exporter does. */
async function metricsServer(tls: TlsFiles | undefined, handler: Handler, log: Log) {
  const server: Server | TlsServer = tls
    ? createTlsServer({ ...LIMITS, requestCert: tls.clientCaFile !== undefined }, handler)
    : createServer(LIMITS, handler);
  server.maxConnections = CONNECTIONS_MAX;
  if (tls === undefined || !('setSecureContext' in server)) return { server };
  const material = await loadTlsFiles(tls);
  server.setSecureContext(material);
  const onChange = (changed: typeof material): void => server.setSecureContext(changed);
  return { server, watch: watchTlsFiles(tls, material, { onChange, log }) };
}

function handlerOf(answer: (path: string, response: ServerResponse) => void): Handler {
  return ({ method, url = '' }, response) => {
    if (method === 'GET' || method === 'HEAD') answer(url.split('?', 1)[0] ?? '', response);
    else end(response, 405);
  };
}

/** falco-exporter's answers: 204, and 404 for what is not ready yet. */
function probeOf(deps: FalcoExporterDeps) {
  return (path: string, response: ServerResponse): void => {
    const isFine = path === '/liveness' || (path === '/readiness' && deps.ready());
    end(response, isFine ? 204 : 404);
  };
}

async function sendMetrics(
  { registry, log }: FalcoExporterDeps,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(body);
  } catch (error) {
    log.error({ err: error }, 'falco_events could not be shown');
    end(response, 500);
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** Scrapers keep their connections open: nothing is lost with them. */
function closed(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
