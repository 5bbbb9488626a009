/** Falcosidekick's `webui.*`. */
export const sidekick = { settings: { url: 'webui.url' } };
