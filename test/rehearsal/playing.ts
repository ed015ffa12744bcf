import { config } from '../../src/checkvalve.config';
import type { Alter, Template } from '../../src/rehearsal/deploy';
import { type RehearsalOptions, rehearse } from '../../src/rehearsal/rehearse';
import type { RehearsalResult } from '../../src/rehearsal/result';

/** A whole rehearsal has time enough in it, also on a busy machine. */
export const WHOLE_MS = 120_000;

/** Plays a rehearsal of the example; `lines` gets its progress. */
export const play = (more: Partial<RehearsalOptions> = {}, lines: string[] = []): Promise<RehearsalResult> =>
  rehearse({ config, now: '2026-11-25T00:00:00Z', progress: (line) => lines.push(line), ...more });

/** Changes every resource of a type, in whichever template it is; says so when there is none. */
export const altering =
  (type: string, change: (properties: Record<string, unknown>) => void): Alter =>
  (templates: Readonly<Record<string, Template>>) => {
    const found = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources));
    const changed = found.filter((resource) => resource.Type === type);
    if (changed.length === 0) throw new Error(`no ${type} in ${Object.keys(templates)}`);
    for (const { Properties = {} } of changed) change(Properties);
  };

/** Puts other code into a function. */
export const withCode = (name: string, code: string): Alter =>
  altering('AWS::Lambda::Function', (properties) => {
    if (properties.FunctionName === name) properties.Code = { ZipFile: code };
  });
