import type { Finding } from '../problem.ts';
import type { Config } from '../schema.ts';
import type { ResolvedOutput } from './outputs.ts';

/**
 * Mistakes that lie between two settings, each of which is right by itself. Sections in `isWrong`
 * are not looked at.
 */
export function contradictions(
  config: Omit<Config, 'outputs'>,
  outputs: readonly ResolvedOutput[],
  isWrong: ReadonlySet<unknown>,
): Finding[] {
  return [
    ...(isWrong.has('shutdown') ? [] : shutdownMistakes(config)),
    ...(isWrong.has('queue') ? [] : queueMistakes(config)),
    ...outputs.flatMap(clientCertificateMistakes),
    ...formerNameMistakes(outputs),
  ];
}

function shutdownMistakes({ shutdown }: Omit<Config, 'outputs'>): Finding[] {
  if (shutdown.lameDuck < shutdown.grace) return [];
  return [
    {
      code: 'contradiction',
      message: 'must be shorter than shutdown.grace, or no time is left to finish',
      path: ['shutdown', 'lameDuck'],
    },
  ];
}

function queueMistakes({ queue }: Omit<Config, 'outputs'>): Finding[] {
  const { bytesMax, historyMax } = queue;
  if (bytesMax === undefined || historyMax === undefined || historyMax <= bytesMax) return [];
  return [
    {
      code: 'contradiction',
      message: 'must not be larger than queue.bytesMax',
      path: ['queue', 'historyMax'],
    },
  ];
}

function clientCertificateMistakes({ name, common: { tls } }: ResolvedOutput): Finding[] {
  if (tls === undefined || (tls.certFile === undefined) === (tls.keyFile === undefined)) return [];
  const [given, missing] =
    tls.certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
  return [
    {
      code: 'contradiction',
      message: `needs ${missing}, too`,
      path: ['outputs', name, 'tls', given],
    },
  ];
}

function formerNameMistakes(outputs: readonly ResolvedOutput[]): Finding[] {
  const names = new Set(outputs.map(({ name }) => name));
  const taken = new Set<string>();
  return outputs.flatMap(({ name, common: { formerly } }) => {
    if (formerly === undefined) return [];
    const isOpen = !names.has(formerly) && !taken.has(formerly);
    taken.add(formerly);
    if (isOpen) return [];
    const message = `what waits for ${JSON.stringify(formerly)} cannot go to two outputs`;
    return [{ code: 'contradiction', message, path: ['outputs', name, 'formerly'] }];
  });
}
