import type { Signal } from './post.ts';

/** Falcosidekick's `otlp.<signal>.*`, as far as the signals have them in common. */
export function otlpSidekick(what: Signal) {
  const key = (name: string): string => `otlp.${what}.${name}`;
  return {
    settings: {
      encoding: { key: key('protocol'), convert: encodingOf },
      headers: { key: key('headers'), convert: headersOf },
    },
    combined: [
      { keys: [key('endpoint'), key('tls'), key('checkcert')], settings: endpoint },
      { keys: [key('timeout')], settings: timeout },
      { keys: [key('extraenvvars')], settings: resource },
    ],
    remarks: {
      [key('protocol')]: protocolRemark,
      [key('extraenvvars')]: variablesRemark,
    },
  };
}

/** What is not HTTP stays as it is, to be refused. */
function encodingOf(protocol: unknown): unknown {
  return { 'http/protobuf': 'protobuf', 'http/json': 'json' }[String(protocol)] ?? protocol;
}

function protocolRemark(protocol: unknown): string | undefined {
  if (protocol !== 'grpc') return undefined;
  return 'is not spoken: give the endpoint of OTLP over HTTP, mostly port 4318, and http/protobuf';
}

/** `name=value,…`, percent-encoded, as the variables of OpenTelemetry are written. */
function headersOf(text: unknown): Readonly<Record<string, string>> {
  const pairs = String(text)
    .split(',')
    .map((pair) => pair.split('='))
    .filter(([name = '', ...rest]) => name.trim() !== '' && rest.length > 0)
    .map(([name = '', ...rest]) => [name.trim(), decoded(rest.join('=').trim())] as const);
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A scheme says whether there is TLS; without one the keys do. */
function endpoint(text: unknown, tls: unknown, checkCert: unknown): Settings {
  const address = String(text);
  if (address.includes('://')) return { url: address };
  return { url: `${checkCert === false && tls !== true ? 'http' : 'https'}://${address}` };
}

const TIMEOUT_MS_MIN = 100;

function timeout(milliseconds: unknown): Settings {
  const ms = Number(milliseconds);
  return ms >= TIMEOUT_MS_MIN ? { timeout: `${ms}ms` } : {};
}

function resource(variables: unknown): Settings {
  const { OTEL_RESOURCE_ATTRIBUTES = '', OTEL_SERVICE_NAME = '' } = inUpperCase(variables);
  const attributes = headersOf(OTEL_RESOURCE_ATTRIBUTES);
  const name = OTEL_SERVICE_NAME === '' ? {} : { 'service.name': OTEL_SERVICE_NAME };
  const all = { ...attributes, ...name };
  return Object.keys(all).length === 0 ? {} : { resource: all };
}

const KNOWN: ReadonlySet<string> = new Set(['OTEL_RESOURCE_ATTRIBUTES', 'OTEL_SERVICE_NAME']);

function variablesRemark(variables: unknown): string | undefined {
  const others = Object.keys(inUpperCase(variables)).filter((name) => !KNOWN.has(name));
  if (others.length === 0) return undefined;
  return `has no effect but for ${[...KNOWN].join(' and ')}: there is no OpenTelemetry SDK here that reads the others`;
}

/** Keys of a file lose their case on the way. */
function inUpperCase(variables: unknown): Variables {
  const entries = Object.entries(variables as Variables);
  return Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), value]));
}

type Settings = Readonly<Record<string, unknown>>;
type Variables = Readonly<Record<string, string>>;
