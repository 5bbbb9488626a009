import {
  keyText,
  type Origin,
  type Path,
  pathId,
  pathText,
  type Placed,
  type Problem,
  problemOf,
} from '../problem.ts';
import type { SidekickRemark } from './draft.ts';
import type { Translation } from './translate.ts';

type Locate = (path: Path) => Pick<Problem, 'file' | 'line' | 'column'>;

/** Places of a translated configuration: where the reader wrote Falcosidekick's keys. */
export interface SidekickOrigin extends Origin {
  /** A remark about a key, as a problem. */
  problemOf(remark: SidekickRemark, severity: Problem['severity']): Problem;
}

/** `locate` finds the path of a key in the file. */
export function sidekickOrigin({ keys, settings }: Translation, locate: Locate): SidekickOrigin {
  const keyOf = (path: Path): string | undefined => {
    for (let length = path.length; length > 0; length -= 1) {
      const key = keys.get(pathId(path.slice(0, length)));
      if (key !== undefined) return key;
    }
    return undefined;
  };
  const placeOf = (key: string): Placed => {
    const source = settings.sources.get(key);
    const path = keyText(key);
    if (source?.kind === 'file') return { path, ...locate(source.path) };
    return source === undefined ? { path } : { path, setBy: source.name };
  };
  const place: Origin['place'] = ({ path }) => {
    const key = keyOf(path);
    return key === undefined ? { path: pathText(path) } : placeOf(key);
  };
  return {
    place,
    isHidden(path) {
      const key = keyOf(path);
      return key !== undefined && settings.sources.get(key)?.kind === 'env';
    },
    problemOf({ key, ...remark }, severity) {
      const finding = { ...remark, path: [], ...(severity === 'warning' ? { severity } : {}) };
      return problemOf(finding, { place: () => placeOf(key), isHidden: () => true });
    },
  };
}
