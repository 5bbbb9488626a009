import {
  type AuditSettings,
  createDetector,
  type Detector,
} from '../../src/ingest/k8s-audit/detector.ts';
import { compileMatch } from '../../src/ingest/k8s-audit/names.ts';
import { ExpressionError } from '../../src/route/errors.ts';
import type { Finding, Path } from '../problem.ts';

/** Compiles the rules for audit events, or says everything that is wrong with them. */
export function resolveDetector(
  settings: AuditSettings,
  isHidden: (path: Path) => boolean,
): { readonly detector?: Detector; readonly findings: readonly Finding[] } {
  const findings = settings.rules.flatMap(({ match }, index) => {
    const path: Path = ['ingest', 'k8sAudit', 'rules', index, 'match'];
    return mistakeOf(match, path, isHidden) ?? [];
  });
  return findings.length > 0 ? { findings } : { detector: createDetector(settings), findings };
}

function mistakeOf(
  match: string,
  path: Path,
  isHidden: (path: Path) => boolean,
): Finding | undefined {
  try {
    compileMatch(match);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const code = `audit_rule_${error.code}`;
    if (isHidden(path)) return { code, message: 'this is not right in a rule', path };
    const { message, hint, offset } = error;
    return { code, message, path, offset, ...(hint === undefined ? {} : { hint }) };
  }
}
