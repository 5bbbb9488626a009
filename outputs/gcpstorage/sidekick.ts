import { sidekickObjects } from '../../src/output/object-store.ts';

/** Falcosidekick's `gcp.storage.*`: an object for each alert, and the credentials of all `gcp.*`. */
export const sidekick = {
  settings: { bucket: 'gcp.storage.bucket', credentials: 'gcp.credentials' },
  combined: [{ keys: ['gcp.storage.prefix'], settings: sidekickObjects }],
  tls: false,
};
