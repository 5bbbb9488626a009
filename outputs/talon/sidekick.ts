/** Falcosidekick's `talon.*`. */
export const sidekick = { settings: { url: 'talon.address' } };
