/** Falcosidekick's `wavefront.*`: the same metric, source and tags. Its client heeds no `checkcert`. */
export const sidekick = {
  settings: { metric: 'wavefront.metricname' },
  combined: [
    {
      keys: [
        'wavefront.endpointhost',
        'wavefront.endpointtype',
        'wavefront.endpointtoken',
        'wavefront.endpointmetricport',
      ],
      settings: endpoint,
    },
    { keys: ['wavefront.batchsize', 'wavefront.flushintervalseconds'], settings: batch },
  ],
  always: { source: 'falco-exporter', tagFields: ['*'] },
  tls: false,
};

/** The host may be a URL already. What is no type stays no URL, to be refused. */
function endpoint(host: unknown, type: unknown, token: unknown, port: unknown): Settings {
  const bare = String(host).replace(/\/+$/, '');
  if (type === 'direct') {
    const url = bare.includes('://') ? bare : `https://${bare}`;
    return token === '' ? { url } : { url, token };
  }
  if (type !== 'proxy') return { url: `endpointtype: ${String(type)}` };
  return { url: `${bare.includes('://') ? bare : `http://${bare}`}:${String(port)}` };
}

/** What a batch may have here. */
const ALERTS_MAX = 1000;

function batch(alerts: unknown, seconds: unknown): Settings {
  const alertsMax = Math.min(Math.max(Number(alerts), 1), ALERTS_MAX);
  const wait = Number(seconds) > 0 ? { wait: `${Math.min(Number(seconds), 60)}s` } : {};
  return { batch: { alertsMax, ...wait } };
}

type Settings = Readonly<Record<string, unknown>>;
