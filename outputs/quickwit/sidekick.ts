import { below } from '../../src/output/http-url.ts';

/** Falcosidekick's `quickwit.*`: the same documents, several in one request. */
export const sidekick = {
  settings: {
    headers: 'quickwit.customheaders',
    index: 'quickwit.index',
    createIndex: 'quickwit.autocreateindex',
    configVersion: 'quickwit.version',
  },
  combined: [{ keys: ['quickwit.hostport', 'quickwit.apiendpoint'], settings: urlOf }],
};

/** Its example has a slash before the path, with which it makes two. */
function urlOf(hostPort: unknown, endpoint: unknown): Record<string, unknown> {
  return { url: below(String(hostPort), `/${String(endpoint).replaceAll(/^\/+|\/+$/g, '')}`) };
}
