import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { Help } from 'commander';
import { printable } from './printable';

/** How wide a line may be: the terminal's width, what COLUMNS says, or 80 where nobody knows. */
export const lineWidth = (): number => process.stdout.columns || Number(process.env.COLUMNS) || 80;

/** A cell has a blank on either side, and a line on its left; the last one has a line on its right too. */
const FRAME = 3;

/**
 * The widths of a table's columns. Where the table is wider than `most`, the widest column gives way first, and none to
 * less than its longest word: a name that is broken cannot be copied.
 */
export function columnWidths(rows: ReadonlyArray<readonly string[]>, most: number): number[] {
  const columns = rows[0]?.map((_, at) => rows.map((row) => stripVTControlCharacters(row[at] ?? ''))) ?? [];
  const longest = (cells: readonly string[], by: RegExp) =>
    cells.reduce((most, cell) => cell.split(by).reduce((most, { length }) => Math.max(most, length), most), -Infinity);
  const widths = columns.map((cells) => longest(cells, /\n/));
  const least = columns.map((cells) => longest(cells, /\s/));
  const room = () => most - 1 - widths.reduce((sum, width) => sum + width + FRAME, 0);
  while (room() < 0) {
    const [widest] = widths
      .map((width, at) => ({ width, at }))
      .filter(({ width, at }) => width > (least[at] ?? 0))
      .sort((a, b) => b.width - a.width);
    if (!widest) break;
    widths[widest.at] = widest.width - 1;
  }
  return widths;
}

/** The library lays a table out in a time that grows with the square of its rows: a long one is drawn in parts. */
const MAX_ROWS_PER_PART = 500;
const NO_TOP = { top: '', 'top-left': '', 'top-mid': '', 'top-right': '' };
const NO_BOTTOM = { bottom: '', 'bottom-left': '', 'bottom-mid': '', 'bottom-right': '' };

/** Rows under headings, as wide as they need to be; what does not fit into a line of the terminal goes on in the next. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = columnWidths([head, ...rows], lineWidth());
  const count = Math.max(1, Math.ceil(rows.length / MAX_ROWS_PER_PART));
  const parts = Array.from({ length: count }, (_, part) => {
    const made = new Table({
      head: part === 0 ? [...head] : [],
      style: { head: [], border: [] },
      colWidths: widths.map((width) => width + 2),
      wordWrap: true,
      // No line between rows: a table is read down its columns.
      chars: {
        ...{ mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
        ...(part > 0 && NO_TOP),
        ...(part < count - 1 && NO_BOTTOM),
      },
    });
    const from = part * MAX_ROWS_PER_PART;
    for (const row of rows.slice(from, from + MAX_ROWS_PER_PART)) made.push(row.map(printable));
    return made.toString();
  });
  return parts.join('\n');
}

/** Sentences in lines of the terminal's width, each with an indent; what goes on in the next line has `more` of it. */
export function paragraph(text: string, indent = '', more = ''): string {
  const width = lineWidth() - indent.length - more.length;
  return new Help().boxWrap(printable(text), width).replaceAll('\n', `\n${indent}${more}`).replace(/^/, indent);
}
