import { enableCompileCache } from 'node:module';

// Before anything else is loaded: later starts skip compiling what has not changed.
enableCompileCache();

const { main } = await import('./run.ts');
process.exitCode = await main();
// What the outputs of a stopped hub left open must not keep the process.
process.exit();
