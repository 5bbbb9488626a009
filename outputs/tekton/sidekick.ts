/** Falcosidekick's `tekton.*`. */
export const sidekick = { settings: { url: 'tekton.eventlistener' } };
