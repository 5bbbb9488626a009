import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactoryHandler,
} from 'fastify';
import { alertmanager } from '../agents/alertmanager.ts';
import { cloudEvents } from '../agents/cloudevents.ts';
import { k8sAudit } from '../agents/k8s-audit.ts';
import { tetragon } from '../agents/tetragon.ts';
import { tracee } from '../agents/tracee.ts';
import { takeAlerts, takeTest } from './alerts.ts';
import type { Refusal } from './answer.ts';
import { agree } from './cloudevents.ts';
import { connectionOf } from './connection.ts';
import type { Door } from './door.ts';
import type { Manner } from './manner.ts';
import { takeExport } from './otlp.ts';
import { health, metrics, ping, readiness } from './probes.ts';
import { refuse } from './refuse.ts';

/** The paths that `plain.paths` may name. `/` is every POST to a path that is not listed here. */
export const PATHS = [
  '/',
  '/alertmanager',
  '/api/v1/alerts',
  '/cloudevents',
  '/healthz',
  '/k8s-audit',
  '/metrics',
  '/ping',
  '/readyz',
  '/test',
  '/tetragon',
  '/tracee',
  '/v1/logs',
] as const;

export type Path = (typeof PATHS)[number];

const URL_CHARS_MAX = 2048;

interface AppOptions {
  readonly createServer: (handler: FastifyServerFactoryHandler) => Server;
  /** Ends a connection on which no request can be understood. */
  readonly endBadConnection: (error: NodeJS.ErrnoException, socket: Socket) => void;
  readonly serves: (path: Path) => boolean;
}

/**
 * The routes of one listener. Bodies are left to the handlers: who is refused is refused before the
 * body is read, and Fastify would refuse content types under which there can be an alert.
 */
export async function buildApp(
  door: Door,
  { createServer, endBadConnection, serves }: AppOptions,
): Promise<FastifyInstance> {
  const app = fastify({
    serverFactory: createServer,
    clientErrorHandler: endBadConnection,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: URL_CHARS_MAX },
    frameworkErrors: (error, request, reply) => refuseError(door, error, request, reply),
  });
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  app.addHook('onRequest', (request, reply, done) => {
    const connection = connectionOf(request.raw.socket);
    connection.response = reply.raw;
    if (request.raw.url!.length <= URL_CHARS_MAX) done();
    else refuse(door, reply, URL_TOO_LONG, connection.sender);
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    if (door.draining) reply.header('connection', 'close');
    done(null, payload);
  });
  app.setErrorHandler((error: FastifyError, request, reply) =>
    refuseError(door, error, request, reply),
  );
  addRoutes(app, door, serves);
  app.setNotFoundHandler(({ raw }, reply) => {
    const refusal = serves('/') ? ONLY_POST : NOT_FOUND;
    refuse(door, reply, refusal, connectionOf(raw.socket).sender, 0);
  });
  await app.ready();
  return app;
}

/**
 * Probes and metrics need no credential: kubelets and Prometheus have had none to give so far, and
 * no alert is shown there.
 */
function addRoutes(app: FastifyInstance, door: Door, serves: (path: Path) => boolean): void {
  if (serves('/ping')) app.all('/ping', ping);
  if (serves('/healthz')) app.all('/healthz', health);
  if (serves('/readyz')) app.all('/readyz', (_, reply) => readiness(door, reply));
  if (serves('/metrics')) app.all('/metrics', (request, reply) => metrics(door, request, reply));
  if (serves('/test')) app.post('/test', (request, reply) => takeTest(door, request, reply));
  if (serves('/api/v1/alerts')) {
    app.post('/api/v1/alerts', (request, reply) =>
      takeAlerts(door, request, reply, { details: true }),
    );
  }
  addAgentRoutes(app, door, serves);
  if (serves('/')) {
    app.post('/*', (request, reply) => takeAlerts(door, request, reply, { details: false }));
    app.post<{ Params: { token: string } }>('/in/:token', (request, reply) =>
      takeAlerts(door, request, reply, { details: false, pathToken: request.params.token }),
    );
    app.options<{ Params: { token: string } }>('/in/:token', (request, reply) =>
      agree(door, request, reply, { pathToken: request.params.token, otherwise: ONLY_POST }),
    );
  }
}

/** Request and response objects of a custom resource are nested deep; a batch has up to 12 MiB. */
const AUDIT: Manner = {
  details: false,
  format: {
    agent: k8sAudit,
    resends: true,
    wrongStatus: 400,
    depthMax: 128,
    bytesMax: 12 * 1024 * 1024,
  },
};

/** A group of alerts is one body, and comes again after a 5xx. */
const ALERTMANAGER: Manner = {
  details: false,
  format: { agent: alertmanager, resends: true, wrongStatus: 422, bytesMax: 8 * 1024 * 1024 },
};

/** Brokers deliver again after a 5xx or 429, and not what is no event. */
const CLOUD_EVENTS: Manner = {
  details: false,
  format: {
    agent: cloudEvents,
    resends: true,
    heedsErrors: true,
    wrongStatus: 400,
    // An object of a custom resource, within an audit event, within an event.
    depthMax: 64,
  },
};

/** Webhooks and forwarders from which no event comes again. */
const AGENTS = [
  ['/tetragon', tetragon],
  ['/tracee', tracee],
] as const;

/** A path for each format, where nothing else is taken. */
function addAgentRoutes(app: FastifyInstance, door: Door, serves: (path: Path) => boolean): void {
  if (serves('/k8s-audit')) {
    app.post('/k8s-audit', (request, reply) => takeAlerts(door, request, reply, AUDIT));
    app.post<{ Params: { cluster: string } }>('/k8s-audit/:cluster', (request, reply) =>
      takeAlerts(door, request, reply, { ...AUDIT, cluster: request.params.cluster }),
    );
  }
  if (serves('/alertmanager')) {
    app.post('/alertmanager', (request, reply) => takeAlerts(door, request, reply, ALERTMANAGER));
  }
  if (serves('/cloudevents')) {
    app.post('/cloudevents', (request, reply) => takeAlerts(door, request, reply, CLOUD_EVENTS));
    app.options('/cloudevents', (request, reply) =>
      agree(door, request, reply, { otherwise: ONLY_POST }),
    );
  }
  if (serves('/v1/logs')) {
    app.post('/v1/logs', (request, reply) => takeExport(door, request, reply));
  }
  for (const [path, agent] of AGENTS.filter(([path]) => serves(path))) {
    const manner: Manner = { details: false, format: { agent, resends: false } };
    app.post(path, (request, reply) => takeAlerts(door, request, reply, manner));
  }
}

const URL_TOO_LONG: Refusal = {
  status: 414,
  code: 'url_too_long',
  message: `The URL is longer than ${URL_CHARS_MAX} characters.`,
};

const ONLY_POST: Refusal = {
  status: 405,
  code: 'method_not_allowed',
  message: 'Send alerts with POST.',
  headers: { allow: 'POST' },
};

const NOT_FOUND: Refusal = {
  status: 404,
  code: 'not_found',
  message: 'This listener serves only the paths in ingest.http.plain.paths.',
};

const BAD_URL: Refusal = {
  status: 400,
  code: 'bad_url',
  message: 'The path is not well percent-encoded.',
};

/** The texts of Fastify quote the path, which may hold a token: ours take their place. */
const FASTIFY_ERRORS: ReadonlyMap<string, Refusal> = new Map([
  ['FST_ERR_BAD_URL', BAD_URL],
  ['FST_ERR_MAX_PARAM_LENGTH', URL_TOO_LONG],
]);

const GONE: Refusal = {
  status: 400,
  code: 'aborted',
  message: 'The sender went away before the body was complete.',
};

const INTERNAL: Refusal = {
  status: 500,
  code: 'internal',
  message: 'A fault in the hub: its log says more.',
};

function refuseError(
  door: Door,
  error: FastifyError,
  { raw }: FastifyRequest,
  reply: FastifyReply,
): void {
  const { sender, failure = GONE } = connectionOf(raw.socket);
  const gone = raw.destroyed && !raw.complete;
  const refusal = gone ? failure : (FASTIFY_ERRORS.get(error.code) ?? INTERNAL);
  if (refusal === INTERNAL) door.deps.log.error({ err: error }, 'a request failed');
  refuse(door, reply, refusal, sender);
}
