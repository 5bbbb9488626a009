import type { LookupFunction } from 'node:net';
import {
  createDestinationPolicy,
  type DestinationOptions,
  type DestinationPolicy,
} from './destination.ts';
import { type Environment, environmentProxyRule, fixedProxyRule, type ProxyRule } from './proxy.ts';
import { createTlsSource, type TlsOptions, type TlsSource } from './tls.ts';

/** Who is trusted, where connections may lead, and through which proxy: of one output. */
export interface DialerOptions extends TlsOptions, DestinationOptions {
  /** Name the destination's certificate must carry, if not the host's. */
  readonly serverName?: string | undefined;
  /** Whether certificates are verified; false is for tests only. */
  readonly verify: boolean;
  /** URL of a proxy for everything, or `none`. Absent: by the environment. */
  readonly proxy?: string | undefined;
  /** Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are looked up. */
  readonly environment?: Environment | undefined;
  /** Time for a connection with its handshakes; 10 s by default. */
  readonly connectTimeoutMs?: number | undefined;
  /** How names are resolved; the system's way by default. */
  readonly lookup?: LookupFunction | undefined;
}

/** What every connection of one output is made with. */
export interface Dialer
  extends Pick<DialerOptions, 'serverName' | 'verify' | 'connectTimeoutMs' | 'lookup'> {
  readonly policy: DestinationPolicy;
  readonly tls: TlsSource;
  readonly proxyOf: ProxyRule;
  /** Whether the rule is the output's own, and not the environment's. */
  readonly isProxyOwn: boolean;
}

/** Opens and reads nothing. Throws on a proxy that is no URL and a CIDR block that is none. */
export function createDialer(options: DialerOptions): Dialer {
  const { serverName, verify, connectTimeoutMs, lookup } = options;
  return {
    policy: createDestinationPolicy(options),
    tls: createTlsSource(options),
    proxyOf: proxyRuleOf(options),
    isProxyOwn: options.proxy !== undefined,
    serverName,
    verify,
    connectTimeoutMs,
    lookup,
  };
}

function proxyRuleOf({ proxy, environment = {} }: DialerOptions): ProxyRule {
  if (proxy === 'none') return () => undefined;
  return proxy === undefined ? environmentProxyRule(environment) : fixedProxyRule(proxy);
}
