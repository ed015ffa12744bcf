import type { Log } from '../../../lambda/_kit/ports/log';
import { MINUTE } from '../../contract/durations';
import { METRIC_NAMESPACE } from '../../contract/metrics';
import { ALARMS, type AlarmSpec } from '../../vault/alarm-table';
import type { VaultStep } from './seams';

/** A line of a step's log about something unusual. */
export interface LogLine {
  readonly step: VaultStep;
  readonly at: number;
  readonly text: string;
}

interface Measured {
  readonly at: number;
  readonly value: number;
}

/** An alarm that was in alarm, from when to when, in milliseconds since the epoch. */
export interface Firing {
  readonly alarm: string;
  readonly step: string;
  readonly from: number;
  readonly to: number;
}

/** Events that every run logs. */
const ROUTINE =
  /^(copies\.observed|coverage\.evaluated|(import|subscribe|accept|delete|replace|keep|notify|mark-imported|mark-failed)\.(done|started|already-there|gone|wait|not-asked))$/;

/** The logs, metrics and messages of the vault. */
export class VaultJournal {
  readonly lines: LogLine[] = [];
  /** Messages to operators: subject and text. */
  readonly messages: { readonly at: number; readonly text: string }[] = [];
  private readonly measured = new Map<string, Measured[]>();

  /** The log of a step's run. */
  log(step: VaultStep, at: number): Log {
    return (event, fields) => {
      if (!ROUTINE.test(event)) this.lines.push({ step, at, text: `${event} ${JSON.stringify(fields)}` });
    };
  }

  /** Records metrics of a step. */
  measure(step: string, at: number, values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) this.note(`${METRIC_NAMESPACE} ${step} ${name}`, at, value);
  }

  /** Records whether a run of a step failed. */
  ran(step: VaultStep, at: number, failed: boolean): void {
    this.note(`AWS/Lambda checkvalve-${step} Errors`, at, failed ? 1 : 0);
  }

  /** Records the number of messages in a queue. */
  queued(queue: string, at: number, count: number): void {
    this.note(`AWS/SQS ${queue} ApproximateNumberOfMessagesVisible`, at, count);
  }

  private note(key: string, at: number, value: number): void {
    const all = this.measured.get(key) ?? [];
    all.push({ at, value });
    this.measured.set(key, all);
  }

  /** Every alarm of the vault's table that watches a measure of the simulation, and when it was in alarm. */
  firings(): readonly Firing[] {
    return ALARMS.flatMap((spec) => this.firingsOf(spec));
  }

  private firingsOf({ id, metric, statistic, periodMinutes, periods, bad, missing }: AlarmSpec): Firing[] {
    // An alarm on missing data does not report an attack.
    if (missing === 'breaching') return [];
    const subject = Object.values(metric.dimensions)[0] ?? '';
    const points = this.measured.get(`${metric.namespace} ${subject} ${metric.name}`) ?? [];
    const period = periodMinutes * MINUTE;
    const groups = new Map<number, number[]>();
    for (const { at, value } of points) {
      const group = groups.get(Math.floor(at / period)) ?? [];
      group.push(value);
      groups.set(Math.floor(at / period), group);
    }
    const isBad = (values: readonly number[]) => {
      const figure = STATISTICS[statistic](values);
      return bad.when === 'at-least' ? figure >= bad.threshold : figure < bad.threshold;
    };
    const firings: Firing[] = [];
    let inRow = 0;
    let last = Number.NaN;
    for (const [index, values] of groups) {
      // The simulation runs a step less often than CloudWatch's periods pass: what lies between stays as it was.
      inRow = isBad(values) ? inRow + (Number.isNaN(last) ? 1 : Math.min(periods, index - last)) : 0;
      if (inRow >= periods) firings.push({ alarm: id, step: subject, from: index * period, to: (index + 1) * period });
      last = index;
    }
    return firings;
  }
}

const STATISTICS: Readonly<Record<AlarmSpec['statistic'], (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  SampleCount: (values) => values.length,
};
