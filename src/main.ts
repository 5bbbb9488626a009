import { enableCompileCache } from 'node:module';

// Names are resolved on libuv's threads, four by default: with as many destinations whose DNS hangs
// nobody else's files or names would move. It counts only before the first of them starts.
process.env.UV_THREADPOOL_SIZE ??= '16';

// Before anything else is loaded: later starts skip compiling what has not changed.
enableCompileCache();

const { main } = await import('./run.ts');
process.exitCode = await main();
// What the outputs of a stopped hub left open must not keep the process.
process.exit();
