import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { retryError } from './http-error.ts';
import { basicAuthorization, hostOf, portOf } from './http-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Says through which proxy a URL is reached; undefined: directly. Throws `HttpError`. */
export type ProxyRule = (url: URL) => URL | undefined;

/**
 * The proxy for a URL by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, upper case before lower case,
 * in the grammar of Go's golang.org/x/net/http/httpproxy, which is what people's manifests are
 * written for. Unlike there, a proxy that cannot be used is an error, not a direct connection.
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  return environmentProxyRule(environment)(url);
}

/** As an environment variable has it. */
interface NamedProxy {
  readonly name: string;
  readonly text: string;
}

/** `proxyFor` with the environment read once. */
export function environmentProxyRule(environment: Environment): ProxyRule {
  const isExempt = exemption(valueOf(environment, 'NO_PROXY'));
  const [http, https] = ['HTTP_PROXY', 'HTTPS_PROXY'].map((name) => {
    return { name, text: valueOf(environment, name) };
  }) as [NamedProxy, NamedProxy];
  return (url) => {
    const { name, text } = url.protocol === 'https:' ? https : http;
    return text === '' || isExempt(url) ? undefined : parseProxy(text, name);
  };
}

/** One proxy for every URL, whatever the environment says. Throws `HttpError`. */
export function fixedProxyRule(text: string): ProxyRule {
  const proxy = parseProxy(text, 'proxy');
  return () => proxy;
}

/** `Proxy-Authorization` for the user and password in a proxy's URL. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  return proxy.username === '' ? {} : { 'proxy-authorization': basicAuthorization(proxy) };
}

function valueOf(environment: Environment, name: string): string {
  return environment[name] || environment[name.toLowerCase()] || '';
}

/** Never quotes the text: it may hold a password. */
function parseProxy(text: string, name: string): URL {
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy === null) {
    throw retryError(
      'proxy_invalid',
      'client',
      `${name} is not a proxy URL: write http://host:port`,
    );
  }
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    const scheme = proxy.protocol.slice(0, -1);
    const detail = `${name}: ${scheme} proxies are not supported: use an http:// or https:// proxy`;
    throw retryError('proxy_invalid', 'client', detail);
  }
  return proxy;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly isAddress: boolean;
}

type Matcher = (target: Target) => boolean;

function exemption(noProxy: string): (url: URL) => boolean {
  const matchers = noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .map(matcherOf);
  return (url) => {
    const host = hostOf(url);
    const target = { host, port: portOf(url), isAddress: isIP(host) !== 0 };
    return isLocal(target) || matchers.some((matches) => matches(target));
  };
}

function isLocal({ host, isAddress }: Target): boolean {
  return host === 'localhost' || (isAddress && ipaddr.process(host).range() === 'loopback');
}

/** `host`, `host:port`, `[IPv6]:port`; a bare IPv6 address has more colons than that. */
const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/;

function matcherOf(entry: string): Matcher {
  if (entry === '*') return () => true;
  if (ipaddr.isValidCIDR(entry)) return blockMatcher(entry);
  const [, bracketed, plain, portText] = HOST_AND_PORT.exec(entry) ?? [];
  const host = bracketed ?? plain ?? entry;
  const matches = isIP(host) === 0 ? nameMatcher(host) : addressMatcher(host);
  return (target) =>
    (portText === undefined || Number(portText) === target.port) && matches(target);
}

function blockMatcher(cidr: string): Matcher {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return ({ host, isAddress }) => {
    if (!isAddress) return false;
    const address = ipaddr.process(host);
    return address.kind() === network.kind() && address.match(network, bits);
  };
}

function addressMatcher(text: string): Matcher {
  const wanted = ipaddr.process(text).toString();
  return ({ host, isAddress }) => isAddress && ipaddr.process(host).toString() === wanted;
}

/** `a.org` stands for itself and what is below it, `.a.org` and `*.a.org` only for the latter. */
function nameMatcher(text: string): Matcher {
  const below = text.startsWith('*.') ? text.slice(1) : text;
  const name = below.replace(/^\./, '');
  if (name === '') return () => false;
  const ascii = domainToASCII(name) || name;
  const takesItself = !below.startsWith('.');
  return ({ host, isAddress }) =>
    !isAddress && (host.endsWith(`.${ascii}`) || (takesItself && host === ascii));
}
