import { parentPort } from 'node:worker_threads';

/** A thread of the queue that answers `ping`, `slow` and `fail`, and dies of anything else: by throwing or by ending. */
parentPort?.on('message', ({ id, name }: { id: number; name: string }) => {
  if (name === 'ping') parentPort?.postMessage({ id, value: 'pong' });
  if (name === 'slow') setTimeout(() => parentPort?.postMessage({ id, value: 'late' }), 300);
  if (name === 'fail') parentPort?.postMessage({ id, error: { message: 'no', name: 'Error' } });
  if (name === 'throw') throw new Error('the thread is broken');
  if (name === 'exit') process.exit(3);
  if (name === 'close') parentPort?.close();
});
