/** Lengths of time, which `Date` counts in milliseconds. */
export const MINUTE = 60_000;
/** An hour in milliseconds. */
export const HOUR = 60 * MINUTE;
/** A day of 24 hours in milliseconds: a night in which clocks are changed is no exception. */
export const DAY = 24 * HOUR;

/** For what counts in minutes, such as windows of RDS and simulated time. */
export const MINUTES_PER_HOUR = 60;
/** A day of 24 hours in minutes. */
export const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR;
/** For what counts in seconds, such as the emulator's clock. */
export const SECONDS_PER_HOUR = 3600;
