const absentWhenZero = (id: unknown): unknown => (id === 0 ? undefined : id);

/** Falcosidekick's `grafana.*`: the same annotations. */
export const sidekick = {
  settings: {
    url: 'grafana.hostport',
    token: 'grafana.apikey',
    tagFields: 'grafana.allfieldsastags',
    headers: 'grafana.customheaders',
  },
  combined: [{ keys: ['grafana.dashboardid', 'grafana.panelid'], settings: placeOf }],
};

/** 0 is none, and a panel without a dashboard is nowhere. */
function placeOf(dashboard: unknown, panel: unknown): Record<string, unknown> {
  const [dashboardId, panelId] = [absentWhenZero(dashboard), absentWhenZero(panel)];
  if (dashboardId === undefined) return {};
  return { dashboardId, ...(panelId !== undefined && { panelId }) };
}
