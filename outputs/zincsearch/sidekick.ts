import { basicAuthFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `zincsearch.*`: the same documents, each once, in bulk requests. */
export const sidekick = {
  settings: { url: 'zincsearch.hostport', index: 'zincsearch.index' },
  combined: [basicAuthFrom('zincsearch.username', 'zincsearch.password')],
};
