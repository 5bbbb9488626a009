import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

/**
 * `npm run build`: the program as one folder, `dist`, which runs without `node_modules`. It is the
 * npm package's content and the image's `/app`. Few files start in half the time of a thousand, and
 * what only one output needs stays in files of its own. An argument names another folder.
 */

const top = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(top, 'dist'));

/** Each thread begins with a file of its own; the hub finds the others beside its own. */
const ENTRIES = ['src/main.ts', 'src/queue/sqlite/writer.ts', 'src/queue/sqlite/reader.ts'];

/** Packages that are no ES modules look for `require`. */
const BANNER = `import { createRequire as createRequireOf } from 'node:module';
const require = createRequireOf(import.meta.url);`;

/**
 * The image's Node, by its full path: there is no shell and no `env` in it. Of its flags NODE_OPTIONS
 * takes only some. V8 would let garbage triple the heap before it looks, which saves time, but a
 * container has more of that than of memory.
 */
const LAUNCHER = `#!/nodejs/bin/node
import { setFlagsFromString } from 'node:v8';
setFlagsFromString('--heap-growing-percent=40');
await import('./main.js');
`;

const LICENCE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'COPYING'];

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const { metafile } = await build({
  absWorkingDir: top,
  entryPoints: ENTRIES,
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  legalComments: 'none',
  banner: { js: BANNER },
  metafile: true,
  logLevel: 'warning',
});
await writeFile(join(dist, 'package.json'), await packageJson());
await writeFile(join(dist, 'falcosidekick'), LAUNCHER);
await chmod(join(dist, 'falcosidekick'), 0o755);
await cp(join(top, 'LICENSE'), join(dist, 'LICENSE'));
await writeFile(join(dist, 'THIRD-PARTY-LICENSES'), await licences(metafile));

/**
 * What says that the files are ES modules, and which version they are. It makes `dist` the npm
 * package, too: without dependencies, since their parts are in the files.
 */
async function packageJson(): Promise<string> {
  const { name, version, description, license, engines } = JSON.parse(
    await readFile(join(top, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  const bin = { tocsin: 'main.js' };
  const own = { name, version, description, license, type: 'module', bin, engines };
  return `${JSON.stringify(own, null, 2)}\n`;
}

/** The licence of every package of which a part is in the build. */
async function licences({ inputs }: Metafile): Promise<string> {
  const paths = Object.keys(inputs).map(packageOf);
  const packages = [...new Set(paths)].filter((path) => path !== undefined);
  const byName = packages.sort((a, b) => a.localeCompare(b, 'en'));
  const texts = await Promise.all(byName.map(licenceOf));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

function packageOf(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function licenceOf(path: string): Promise<string> {
  const manifest = await readFile(join(top, path, 'package.json'), 'utf8');
  const { name, version, license } = JSON.parse(manifest) as Record<string, string>;
  for (const file of LICENCE_FILES) {
    const text = await readFile(join(top, path, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }
  return `${name} ${version} (${license})\n`;
}
