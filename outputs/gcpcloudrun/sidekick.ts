/** Falcosidekick's `gcp.cloudrun.*`. */
export const sidekick = {
  settings: { url: 'gcp.cloudrun.endpoint', token: 'gcp.cloudrun.jwt' },
  tls: false,
};
