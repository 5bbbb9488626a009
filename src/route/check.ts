import type { RoutesConfig } from './plan.ts';

/** Something in the routes that works, but is seldom meant. */
export interface RouteWarning {
  /** Where in the configuration: `routes[2]`, `outputs.soc`. */
  readonly path: string;
  readonly code: 'no_last_route' | 'unreachable_route' | 'unnamed_output';
  readonly message: string;
}

/** What `tocsin check` says of routes that are right in themselves. */
export function checkRoutes(config: RoutesConfig): readonly RouteWarning[] {
  if (config.routes.length === 0) return [];
  return [...noLastRoute(config), ...unreachableRoutes(config), ...unnamedOutputs(config)];
}

function noLastRoute({ routes, unrouted }: RoutesConfig): readonly RouteWarning[] {
  if (routes.some(({ match }) => match === undefined)) return [];
  const message = `no route is without match: what none of them takes goes to ${targetsOf(unrouted)}`;
  return [{ path: 'routes', code: 'no_last_route', message }];
}

function unreachableRoutes({ routes }: RoutesConfig): readonly RouteWarning[] {
  const last = routes.findIndex((route) => route.match === undefined && !route.continue);
  if (last < 0) return [];
  const message = `routes[${last}] takes every alert and does not continue: this is never tried`;
  return routes
    .keys()
    .filter((at) => at > last)
    .map((at): RouteWarning => ({ path: `routes[${at}]`, code: 'unreachable_route', message }))
    .toArray();
}

function unnamedOutputs({ outputs, routes, unrouted }: RoutesConfig): readonly RouteWarning[] {
  const named = new Set(routes.flatMap((route) => route.outputs));
  return outputs
    .filter(({ name }) => !named.has(name))
    .map(({ name }) => {
      const getsRest = unrouted === 'all' || (unrouted !== 'none' && unrouted.includes(name));
      const rest = getsRest ? 'only what goes by unrouted' : 'nothing';
      const message = `no route names this output: it gets ${rest}`;
      return { path: `outputs.${name}`, code: 'unnamed_output', message };
    });
}

function targetsOf(unrouted: RoutesConfig['unrouted']): string {
  if (unrouted === 'all') return 'all outputs (unrouted: all)';
  return unrouted === 'none' ? 'nobody (unrouted: none)' : `${unrouted.join(', ')} (unrouted)`;
}
