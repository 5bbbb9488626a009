import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readDockerfile } from '../image/dockerfile.ts';
import type { Bench } from './conditions.ts';
import type { Program } from './hub.ts';

let building: Promise<Program> | undefined;

/**
 * What the image runs, with its variables: built when it is first asked for. A container starts
 * without a compile cache.
 */
export function buildOnce({ directory, progress }: Bench): Promise<Program> {
  if (building === undefined) progress('  building');
  building ??= build(join(directory, 'dist'));
  return building;
}

async function build(dist: string): Promise<Program> {
  const script = join(import.meta.dirname, '../../src/build.ts');
  const building = spawn(process.execPath, [script, dist], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(building, 'close')) as [number | null];
  if (code !== 0) throw new Error('The build failed: `npm run build` says why.');
  return {
    path: join(dist, 'falcosidekick'),
    environment: { ...readDockerfile().environment, NODE_DISABLE_COMPILE_CACHE: '1' },
  };
}
