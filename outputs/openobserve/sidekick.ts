import { basicAuthFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `openobserve.*`: the same documents, several in one request. */
export const sidekick = {
  settings: {
    url: 'openobserve.hostport',
    organization: 'openobserve.organizationname',
    stream: 'openobserve.streamname',
    headers: 'openobserve.customheaders',
  },
  combined: [basicAuthFrom('openobserve.username', 'openobserve.password')],
};
