import { hostPort } from '../../src/output/sidekick.ts';

/** Falcosidekick's `syslog.*`: the header that Go's log/syslog writes, each message on one line. */
export const sidekick = {
  settings: {
    format: { key: 'syslog.format', convert: formatOf, whenEmpty: 'falco' },
  },
  combined: [{ keys: ['syslog.host', 'syslog.port', 'syslog.protocol'], settings: serverSettings }],
  always: {
    standard: 'rfc3164',
    isoTime: true,
    facility: 'kern',
    appName: 'Falco',
    framing: 'lines',
  },
  remarks: { 'syslog.format': aboutCef },
  tls: false,
};

/** What is not `cef` is JSON. */
function formatOf(format: unknown): 'cef' | 'falco' {
  return String(format).toLowerCase() === 'cef' ? 'cef' : 'falco';
}

/** Without a protocol Falcosidekick crashes at start, though its reference says tcp. */
function serverSettings(host: unknown, port: unknown, protocol: unknown): Record<string, unknown> {
  const transport = String(protocol).toLowerCase() === 'udp' ? 'udp' : 'tcp';
  return { address: hostPort(host, port), transport };
}

function aboutCef(format: unknown): string | undefined {
  if (formatOf(format) !== 'cef') return undefined;
  return 'CEF is escaped as it asks for, and has the keys that SIEMs know (rt, dvchost, sproc, cs1 and so on) in place of start, uuid, source and outputfields';
}
