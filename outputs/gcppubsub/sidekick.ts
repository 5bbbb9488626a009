/** Falcosidekick's `gcp.pubsub.*`, and the credentials of all `gcp.*`. */
export const sidekick = {
  settings: {
    project: 'gcp.pubsub.projectid',
    topic: 'gcp.pubsub.topic',
    attributes: 'gcp.pubsub.customattributes',
    credentials: 'gcp.credentials',
  },
  tls: false,
};
