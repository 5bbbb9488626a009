/** Falcosidekick's `gcp.chronicle.*`, and the credentials of all `gcp.*`. */
export const sidekick = {
  settings: {
    project: 'gcp.chronicle.projectid',
    instance: 'gcp.chronicle.instanceid',
    region: 'gcp.chronicle.region',
    logType: 'gcp.chronicle.logtype',
    credentials: 'gcp.credentials',
  },
  tls: false,
};
