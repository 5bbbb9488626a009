import type { Terminal } from './context.ts';

/** How far a long command is, on stderr. */
export interface Progress {
  /** Shows the text, if it is time to show something again. */
  tell(text: () => string): void;
  /** Takes the last text away, so that something else can be printed. */
  end(): void;
}

const TERMINAL_EVERY_MS = 200;
const FILE_EVERY_MS = 5000;
const CLEAR_LINE = '\r\u001b[K';

/** One line that changes on a terminal; a line now and then in a log. */
export function createProgress(stderr: Terminal): Progress {
  const { isTTY = false } = stderr;
  let shownAtMs = performance.now();
  let isShown = false;
  return {
    tell(text) {
      const nowMs = performance.now();
      if (nowMs - shownAtMs < (isTTY ? TERMINAL_EVERY_MS : FILE_EVERY_MS)) return;
      shownAtMs = nowMs;
      isShown = isTTY;
      stderr.write(isTTY ? `${CLEAR_LINE}${text()}` : `${text()}\n`);
    },
    end() {
      if (isShown) stderr.write(CLEAR_LINE);
      isShown = false;
    },
  };
}
