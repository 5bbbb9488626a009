import { type Alert, PRIORITIES, severityOf } from '../alert.ts';
import { type Decision, decide, type Verdicts } from './decision.ts';
import { type Explanation, explain } from './explain.ts';
import type { Expression } from './expression.ts';
import { indexGuards, NO_GUARD } from './guard.ts';
import { planRoutes, type RoutePlan, type RoutesConfig } from './plan.ts';

export interface Router {
  /** Decides once, at admission. It never throws. */
  route(alert: Alert): Decision;
  /** The same decision with every step to it; slower, because it asks every route on the way. */
  explain(alert: Alert): Explanation;
}

/**
 * Checks the routes and makes them ready to decide.
 *
 * @throws RoutesError
 */
export function compileRoutes(config: RoutesConfig): Router {
  const plan = planRoutes(config);
  const route = config.routes.length === 0 ? routeToAll(plan) : routeInTurn(plan);
  return { route, explain: (alert) => explain(plan, alert) };
}

function routeToAll({ chosen }: RoutePlan): Router['route'] {
  const decisions = chosen.all.map((outputs) => ({ outputs, unrouted: false, failed: [] }));
  return (alert) => decisions[severityOf(alert.priority)]!;
}

/** What is decided by one route, or by none, is the same for all alerts of a priority. */
function routeInTurn(plan: RoutePlan): Router['route'] {
  const perSeverity = (verdicts: Verdicts): readonly Decision[] =>
    PRIORITIES.map((_, severity) => decide(plan.chosen, severity, verdicts));
  const byNone = perSeverity({ matched: [], failed: [] });
  const byOne = plan.expressions.map((_, at) => perSeverity({ matched: [at], failed: [] }));
  const tryRoutes = makeTryRoutes(plan);
  return (alert) => {
    const severity = severityOf(alert.priority);
    const verdicts = tryRoutes(alert, severity);
    const { matched, failed } = verdicts;
    if (failed.length > 0 || matched.length > 1) return decide(plan.chosen, severity, verdicts);
    const [only] = matched;
    return (only === undefined ? byNone : byOne[only]!)[severity]!;
  };
}

/** Asks the routes whose guard lets the alert through, in order, until one keeps it. */
function makeTryRoutes({
  config,
  expressions,
}: RoutePlan): (alert: Alert, severity: number) => Verdicts {
  const candidates = indexGuards(expressions.map((expression) => expression?.guard ?? NO_GUARD));
  return (alert, severity) => {
    const matched: number[] = [];
    const failed: number[] = [];
    const words = candidates(severity, alert.source, alert.rule);
    for (let word = 0; word < words.length; word += 1) {
      for (let bits = words[word]!; bits !== 0; bits &= bits - 1) {
        const at = word * 32 + 31 - Math.clz32(bits & -bits);
        const verdict = ask(expressions[at], alert);
        if (verdict === undefined) failed.push(at);
        if (verdict !== true) continue;
        matched.push(at);
        if (!config.routes[at]!.continue) return { matched, failed };
      }
    }
    return { matched, failed };
  };
}

/** Undefined: the expression failed. Even a defect of ours must not keep an alert from its way. */
function ask(expression: Expression | undefined, alert: Alert): boolean | undefined {
  try {
    return expression === undefined || expression.test(alert);
  } catch {
    return undefined;
  }
}
