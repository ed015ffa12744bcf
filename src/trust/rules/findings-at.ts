import type { JudgedTemplate } from '../templates/judged-templates';
import type { RuleFinding } from '../templates/rule-finding';

/** The faults of one resource of a template, as findings. */
export const findingsAt = ({ place }: JudgedTemplate, at: string, faults: readonly string[]): readonly RuleFinding[] =>
  faults.map((what) => ({ template: place.stackName, at, what }));
