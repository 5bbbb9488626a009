import type { Connection, SendContext } from './define.ts';
import type { HttpClient } from './http.ts';
import type { Network } from './network.ts';

/** What the file has that opens an output's connection. */
interface Opener<Settings> {
  readonly openConnection: (settings: Settings, network: Network, http: HttpClient) => Connection;
}

/** An `open` that loads what it needs, the vendor's client perhaps, with the first alert. */
export function loadLate<Settings>(load: () => Promise<Opener<Settings>>) {
  return async ({ settings, network, http }: SendContext<Settings>): Promise<Connection> => {
    const { openConnection } = await load();
    return openConnection(settings, network, http);
  };
}
