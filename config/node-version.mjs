// Runs on any Node, so that an old one is told what to do instead of failing on the first type.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `Tocsin needs Node 24.12 or newer; this is ${process.version}.\n` +
      'On Linux `npm install` brings its own, unless optional dependencies are left out:\n' +
      'run `npm install --include=optional`, or install Node 24 and run the command again.\n',
  );
  process.exit(1);
}
