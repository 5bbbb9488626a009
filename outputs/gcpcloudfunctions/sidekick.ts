/** Falcosidekick's `gcp.cloudfunctions.*`, and the credentials of all `gcp.*`. */
export const sidekick = {
  settings: { name: 'gcp.cloudfunctions.name', credentials: 'gcp.credentials' },
  tls: false,
};
