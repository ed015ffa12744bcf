import { DEFAULT_RUNBOOK_URL } from '../contract/runbook';
import type { CheckvalveConfig } from './checkvalve-config';

/** Where the articles of the runbook are. */
export const runbookUrlOf = ({ alerts }: CheckvalveConfig): string => alerts?.runbookUrl ?? DEFAULT_RUNBOOK_URL;
