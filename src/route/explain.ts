import { type Alert, isAtLeast, type Priority, severityOf } from '../alert.ts';
import { type Decision, decide } from './decision.ts';
import { ExpressionFailure, type ExpressionFailureCode } from './errors.ts';
import type { Expression } from './expression.ts';
import type { RoutePlan } from './plan.ts';

/** Why an alert goes where it goes, as data; the command line makes sentences of it. */
export interface Explanation {
  readonly decision: Decision;
  /** `noRoutes`: none is configured, and every output gets what its minimumPriority lets through. */
  readonly reason: 'noRoutes' | 'routed' | 'noRouteMatched' | 'expressionFailed';
  /** Every configured route, in order. */
  readonly routes: readonly RouteExplanation[];
  /** Every configured output, in order. */
  readonly outputs: readonly OutputExplanation[];
}

export interface RouteExplanation {
  readonly name?: string | undefined;
  readonly match?: string | undefined;
  readonly verdict: RouteVerdict;
}

export type RouteVerdict =
  | { readonly outcome: 'matched' }
  | { readonly outcome: 'notMatched' }
  | {
      readonly outcome: 'failed';
      readonly code: ExpressionFailureCode | 'bug';
      readonly message: string;
      /** Where in the text of `match`, in UTF-16 units from 0. */
      readonly offset: number;
    }
  /** The route at the place `stoppedBy` matched and does not continue. */
  | { readonly outcome: 'notReached'; readonly stoppedBy: number };

export interface OutputExplanation {
  readonly name: string;
  readonly minimumPriority?: Priority | undefined;
  /** `belowMinimum`: chosen, but the alert is less severe than its minimumPriority. */
  readonly outcome: 'taken' | 'belowMinimum' | 'notChosen';
  /** What chose it: routes by their place, `unrouted`, or `noRoutes`. */
  readonly chosenBy: readonly (number | 'unrouted' | 'noRoutes')[];
}

/** Asks the routes one by one, without the short cuts of the router. */
export function explain(plan: RoutePlan, alert: Alert): Explanation {
  const { config, chosen } = plan;
  const severity = severityOf(alert.priority);
  const verdicts = tryEveryRoute(plan, alert);
  const matched = placesOf(verdicts, 'matched');
  const failed = placesOf(verdicts, 'failed');
  const hasRoutes = config.routes.length > 0;
  const decision = hasRoutes
    ? decide(chosen, severity, { matched, failed })
    : { outputs: chosen.all[severity]!, unrouted: false, failed };
  return {
    decision,
    reason: hasRoutes ? reasonOf(decision) : 'noRoutes',
    routes: config.routes.map(({ name, match }, at) => ({ name, match, verdict: verdicts[at]! })),
    outputs: explainOutputs(plan, alert.priority, decision, matched),
  };
}

function tryEveryRoute({ config, expressions }: RoutePlan, alert: Alert): readonly RouteVerdict[] {
  let stoppedBy: number | undefined;
  return config.routes.map((route, at): RouteVerdict => {
    if (stoppedBy !== undefined) return { outcome: 'notReached', stoppedBy };
    const verdict = ask(expressions[at], alert);
    if (verdict.outcome === 'matched' && !route.continue) stoppedBy = at;
    return verdict;
  });
}

function ask(expression: Expression | undefined, alert: Alert): RouteVerdict {
  try {
    const isMatch = expression === undefined || expression.test(alert);
    return { outcome: isMatch ? 'matched' : 'notMatched' };
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) {
      return { outcome: 'failed', code: 'bug', message: 'the hub has a defect here', offset: 0 };
    }
    const { code, message, offset } = error;
    return { outcome: 'failed', code, message, offset };
  }
}

function placesOf(
  verdicts: readonly RouteVerdict[],
  outcome: RouteVerdict['outcome'],
): readonly number[] {
  return verdicts.flatMap((verdict, at) => (verdict.outcome === outcome ? [at] : []));
}

function reasonOf({ failed, unrouted }: Decision): Explanation['reason'] {
  if (failed.length > 0) return 'expressionFailed';
  return unrouted ? 'noRouteMatched' : 'routed';
}

function explainOutputs(
  { config }: RoutePlan,
  priority: Priority,
  decision: Decision,
  matched: readonly number[],
): readonly OutputExplanation[] {
  const { routes, unrouted } = config;
  return config.outputs.map(({ name, minimumPriority }) => {
    const chosenBy: OutputExplanation['chosenBy'][number][] = matched.filter((at) =>
      routes[at]!.outputs.includes(name),
    );
    const isUnroutedTarget = unrouted === 'all' || (unrouted !== 'none' && unrouted.includes(name));
    if (routes.length === 0) chosenBy.push('noRoutes');
    else if (decision.unrouted && isUnroutedTarget) chosenBy.push('unrouted');
    const isTaken = isAtLeast(priority, minimumPriority ?? 'debug');
    const outcome = chosenBy.length === 0 ? 'notChosen' : isTaken ? 'taken' : 'belowMinimum';
    return { name, minimumPriority, outcome, chosenBy };
  });
}
