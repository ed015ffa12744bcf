import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { Help } from 'commander';
import { printable } from './printable';

/** The maximum width of a line: that of the terminal, or COLUMNS, or 80. */
export const lineWidth = (): number => process.stdout.columns || Number(process.env.COLUMNS) || 80;

/** A number with commas between thousands. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** A cell has a space on both sides and a border on its left; the last one also has a border on its right. */
const FRAME = 3;

/**
 * The widths of a table's columns. If the table is wider than `max`, the widest column shrinks first, and none below its
 * longest word, because a broken name cannot be copied.
 */
export function columnWidths(rows: ReadonlyArray<readonly string[]>, max: number): number[] {
  const columns = rows[0]?.map((_, at) => rows.map((row) => stripVTControlCharacters(row[at] ?? ''))) ?? [];
  const longest = (cells: readonly string[], by: RegExp) =>
    cells.reduce((max, cell) => cell.split(by).reduce((most, { length }) => Math.max(most, length), max), -Infinity);
  const widths = columns.map((cells) => longest(cells, /\n/));
  const min = columns.map((cells) => longest(cells, /\s/));
  const room = () => max - 1 - widths.reduce((sum, width) => sum + width + FRAME, 0);
  while (room() < 0) {
    const [widest] = widths
      .map((width, at) => ({ width, at }))
      .filter(({ width, at }) => width > (min[at] ?? 0))
      .sort((a, b) => b.width - a.width);
    if (!widest) break;
    widths[widest.at] = widest.width - 1;
  }
  return widths;
}

/** The time of cli-table3 grows with the square of the rows, so a long table is drawn in parts. */
const MAX_ROWS_PER_PART = 500;
const NO_TOP = { top: '', 'top-left': '', 'top-mid': '', 'top-right': '' };
const NO_BOTTOM = { bottom: '', 'bottom-left': '', 'bottom-mid': '', 'bottom-right': '' };

/** Rows under headings. A cell that does not fit into the width of the terminal is wrapped. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columnWidths([head, ...cells], lineWidth());
  const count = Math.max(1, Math.ceil(rows.length / MAX_ROWS_PER_PART));
  const parts = Array.from({ length: count }, (_, part) => {
    const drawn = new Table({
      head: part === 0 ? [...head] : [],
      style: { head: [], border: [] },
      colWidths: widths.map((width) => width + 2),
      wordWrap: true,
      // Without lines between rows.
      chars: {
        mid: '',
        'left-mid': '',
        'mid-mid': '',
        'right-mid': '',
        ...(part > 0 && NO_TOP),
        ...(part < count - 1 && NO_BOTTOM),
      },
    });
    const from = part * MAX_ROWS_PER_PART;
    for (const row of cells.slice(from, from + MAX_ROWS_PER_PART)) drawn.push(row);
    return drawn.toString();
  });
  return parts.join('\n');
}

/** Wraps sentences to the width of the terminal. Each line starts with `indent`, and each further line also with `more`. */
export function paragraph(text: string, indent = '', more = ''): string {
  const width = lineWidth() - indent.length - more.length;
  return new Help().boxWrap(printable(text), width).replaceAll('\n', `\n${indent}${more}`).replace(/^/, indent);
}
