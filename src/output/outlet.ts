import type { Agent, buildConnector, Dispatcher } from 'undici';
import type * as Undici from './agent.ts';
import { destinationConnector, proxyConnector } from './connect.ts';
import { createDialer, type Dialer, type DialerOptions } from './dialer.ts';
import { checkLiteral } from './guard.ts';
import { retryError } from './http-error.ts';
import { type AnswerLimits, exchange, type RawAnswer } from './http-exchange.ts';
import { proxyAuthorization } from './proxy.ts';
import type { TlsMaterial } from './tls.ts';

export interface OutletOptions extends DialerOptions {
  /** Connections to one origin at most. */
  readonly connections: number;
}

export interface OutletRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** Where requests leave the process: connections, proxies, TLS and the destination policy. */
export interface Outlet {
  /** Sends one request to exactly this URL. Rejects with what was thrown on the way. */
  send(
    url: URL,
    request: OutletRequest,
    signal: AbortSignal,
    limits: AnswerLimits,
  ): Promise<RawAnswer>;
  /** Waits for the answers under way, then closes every connection. */
  close(): Promise<void>;
}

/** Opens, reads and loads nothing before the first request. Throws on wrong options. */
export function createOutlet(options: OutletOptions): Outlet {
  const stop = new AbortController();
  const dialer = createDialer(options);
  const agents = createAgents(dialer, options.connections, stop.signal);
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  const send: Outlet['send'] = async (url, { method, headers, body = null }, signal, limits) => {
    if (isClosed) throw retryError('network', 'network', 'this output is being closed');
    const { dispatcher, target } = await routeOf(url, dialer, agents);
    const whole = { ...target, method, headers: { ...headers, ...target.headers }, body };
    return exchange(dispatcher, whole, signal, limits);
  };

  return {
    send(...request) {
      const answer = send(...request);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
      stop.abort();
      await agents.close();
    },
  };
}

interface Route {
  readonly dispatcher: Dispatcher;
  readonly target: { origin: string; path: string; headers: Record<string, string> };
}

/** A proxy forwards `http:` (RFC 9112, 3.2.2); an `https:` connection itself goes through it. */
async function routeOf(url: URL, dialer: Dialer, agents: Agents): Promise<Route> {
  const path = url.pathname + url.search;
  const proxy = url.protocol === 'http:' ? dialer.proxyOf(url) : undefined;
  if (proxy === undefined) {
    const target = { origin: url.origin, path, headers: {} };
    return { dispatcher: await agents.direct(url), target };
  }
  checkLiteral(dialer.policy, url);
  const headers = { host: url.host, ...proxyAuthorization(proxy) };
  const target = { origin: proxy.origin, path: url.origin + path, headers };
  return { dispatcher: await agents.toProxy(), target };
}

interface Agents {
  direct(url: URL): Promise<Dispatcher>;
  toProxy(): Promise<Dispatcher>;
  close(): Promise<void>;
}

/** The first request loads undici: it takes about 90 ms, which a hub without HTTP outputs saves. */
function createAgents(dialer: Dialer, connections: number, stop: AbortSignal): Agents {
  const all = new Set<Agent>();
  // Kept, because asking the module loader costs a tenth of a request each time.
  let loading: Promise<typeof Undici> | undefined;
  let direct: { agent: Agent; material: TlsMaterial | undefined } | undefined;
  let forward: Agent | undefined;

  function open({ Agent }: typeof Undici, connect: buildConnector.connector): Agent {
    // The attempt's signal ends a slow answer, so undici's own timers are off.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    const agent = new Agent({ connect, connections, allowH2: false, ...timeouts });
    all.add(agent);
    return agent;
  }

  function load(): Promise<typeof Undici> {
    loading ??= import('./agent.ts');
    return loading;
  }

  function retire(agent: Agent): void {
    void agent.close().finally(() => all.delete(agent));
  }

  return {
    async direct(url) {
      const undici = await load();
      const material = url.protocol === 'https:' ? dialer.tls() : direct?.material;
      if (direct !== undefined && (direct.material ?? material) === material) {
        direct.material = material;
        return direct.agent;
      }
      // New certificates, new connections; what is under way on the old ones ends in peace.
      if (direct !== undefined) retire(direct.agent);
      direct = { agent: open(undici, destinationConnector(dialer, stop)), material };
      return direct.agent;
    },
    async toProxy() {
      const undici = await load();
      forward ??= open(undici, proxyConnector(dialer, stop));
      return forward;
    },
    async close() {
      await Promise.all([...all].map((agent) => agent.destroy()));
    },
  };
}
