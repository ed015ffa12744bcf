/**
 * How soon an operator acts. `critical`: data is at risk now, an alarm is blind, or there may be an attack: act at once.
 * `warning`: becomes critical within a day or two: act on the same working day. `info`: act when it suits.
 */
export type Severity = 'critical' | 'warning' | 'info';

/** Where the runbook is, for operators whose configuration names no address of their own. */
export const DEFAULT_RUNBOOK_URL = 'docs/runbook.md';

/** Id of the article on the message of `report-coverage`. */
export const COVERAGE_ARTICLE = 'coverage-report';

/** Id of the article on findings of IAM Access Analyzer in the vault. */
export const EXTERNAL_ACCESS_ARTICLE = 'external-access-found';

/** Address of an article: each article of the runbook has its id as its heading, and so as its anchor. */
export const articleUrl = (runbookUrl: string, article: string): string => `${runbookUrl}#${article}`;
