/** Every number of the delivery engine. `README.md` in this folder says what each is for. */

/** Alerts of a lane that a crash may send again: they are in the window, and no more are. */
export const WINDOW_MAX = 2000;
/** The same, for a lane of this shape. */
export function windowMax(lane: { concurrency: number; batch: { alertsMax: number } }): number {
  return Math.min(WINDOW_MAX, 2 * lane.concurrency * lane.batch.alertsMax);
}
/** A lane that probes reads at least so far ahead: one of many alerts will show that all is well. */
export const PROBE_WINDOW = 200;
/** Part of the window that only Emergency to Critical may take. */
export const URGENT_WINDOW_SHARE = 0.25;
/** Shards below it are urgent: emergency, alert, critical. */
export const URGENT_SHARDS = 3;
/** Urgent alerts wait for others to be sent with them no longer than this. */
export const URGENT_WAIT_MS_MAX = 20;
/** One batch in so many goes to the lower priorities first, however many urgent alerts wait. */
export const LOWER_PRIORITY_TURN = 10;

/** Text a lane's window holds, in bytes, when it is the only lane. */
export const WINDOW_BYTES_MAX = 4 * 1024 * 1024;
/** Text all windows hold together; what is being sent is there once or twice more. */
export const WINDOWS_BYTES_MAX = 32 * 1024 * 1024;
/** Part of a window's text that must have room before more is read, or reads would be of one alert. */
export const READ_BYTES_SHARE = 0.25;

/** Attempts of a batch or alert that fail while others succeed, before it is taken apart. */
export const ATTEMPTS_IN_WINDOW = 3;
/** Failures in a row, of whatever kind, before the lane pauses. */
export const FAILURES_BEFORE_PAUSE = 5;
/** Single alerts refused in a row, without one delivered, before the lane pauses. */
export const REJECTS_BEFORE_PAUSE = 20;

/** Wait of an alert in the window after its first failure; doubled each time, full jitter. */
export const WINDOW_BACKOFF_MS = 100;
export const WINDOW_BACKOFF_MAX_MS = 5_000;
/** Pause of a lane after its first failure; doubled each time, full jitter. */
export const PAUSE_MS = 500;
export const PAUSE_MAX_MS = 60_000;
/** The same where a person must act: credentials, a URL that is gone. */
export const PAUSE_OPERATOR_MAX_MS = 300_000;
/** Longest wait a destination may ask for. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
/** Wait of a single failing alert outside the window. */
export const RETRY_BACKOFF_MS = 1_000;
export const RETRY_BACKOFF_MAX_MS = 900_000;
/** After a start, retries are due at once, spread over this time. */
export const RETRY_START_SPREAD_MS = 2_000;
/** Single failing alerts a lane keeps as rows; more stay in the window. */
export const RETRY_ROWS_MAX = 10_000;
/** Attempts of a row before it gives way to another alert that fails, where there is no more room. */
export const ATTEMPTS_BEFORE_GIVING_WAY = 8;
/** Rows that become dead letters to make room for another one. */
export const ROWS_GIVEN_UP_MAX = 100;
/** Part of the queue's bytes that the rows of all lanes may take, and each lane its share of once more. */
export const RETRY_BYTES_SHARE = 0.1;

/** How often a lane that only skips alerts writes where it is. */
export const SKIP_SETTLE_MS = 1_000;
/** Wait before what could not be read, or written, is tried again. */
export const TROUBLE_RETRY_MS = 1_000;
/** After the deadline an adapter has this long to notice its signal. */
export const ABORT_GRACE_MS = 1_000;
/** Attempts of a lane that go on though they were left behind; with more it sends nothing. */
export const UNENDED_MAX = 100;
/** The same, with those from before its output was changed. */
export const UNENDED_ALL_MAX = 500;
/** A connection that takes longer to close is left behind. */
export const CLOSE_MAX_MS = 1_000;

/** A wall clock that is off by more has jumped; of so many jumps it is remembered when they were. */
export const CLOCK_JUMP_MS = 1_000;
export const CLOCK_SPANS_MAX = 100;

/** Alerts that could not be kept on disk wait here for their lane: count and bytes. */
export const UNKEPT_ALERTS_MAX = 1_000;
export const UNKEPT_BYTES_MAX = 2 * 1024 * 1024;

/** An alert that waited longer than this is told to be late. */
export const LATE_MS = 300_000;
/** Characters of a reason's detail that are kept. */
export const DETAIL_MAX = 300;
