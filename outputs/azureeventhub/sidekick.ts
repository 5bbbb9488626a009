/** Falcosidekick's `azure.eventhub.*`; who the hub is, Azure's own variables say. */
export const sidekick = {
  settings: { namespace: 'azure.eventhub.namespace', hub: 'azure.eventhub.name' },
  tls: false,
};
