import { checkRoutes } from '../../src/route/check.ts';
import { type RouteProblem, type RoutesConfig, RoutesError } from '../../src/route/plan.ts';
import { compileRoutes, type Router } from '../../src/route/router.ts';
import type { Finding, Path } from '../problem.ts';

/** Compiles the routes, or says everything that is wrong with them. */
export function resolveRoutes(
  config: RoutesConfig,
  isHidden: (path: Path) => boolean,
): { readonly router?: Router; readonly findings: readonly Finding[] } {
  try {
    const router = compileRoutes(config);
    const findings = checkRoutes(config).map(
      ({ path, code, message }): Finding => ({
        severity: 'warning',
        code: `route_${code}`,
        message,
        path: pathOf(path),
      }),
    );
    return { router, findings };
  } catch (error) {
    if (!(error instanceof RoutesError)) throw error;
    return { findings: error.problems.map((problem) => findingOf(problem, isHidden)) };
  }
}

function findingOf(problem: RouteProblem, isHidden: (path: Path) => boolean): Finding {
  const path = pathOf(problem.path);
  const code = `route_${problem.code}`;
  if (isHidden(path)) return { code, message: 'this is not right in a route', path };
  const { message, hint, offset } = problem;
  return {
    code,
    message,
    path,
    ...(hint === undefined ? {} : { hint }),
    ...(offset === undefined ? {} : { offset }),
  };
}

/** `routes[2].match` in steps. A name of an output may have dots in it. */
function pathOf(text: string): Path {
  const name = /^outputs\.(.+)$/.exec(text)?.[1];
  if (name !== undefined) return ['outputs', name];
  return [...text.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}
