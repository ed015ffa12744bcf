import { printFault } from '../../../src/cli/print-fault';
import { CheckvalveError } from '../../../src/contract/errors';

function printed(error: unknown): readonly string[] {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    printFault(error);
    return write.mock.calls
      .map(([text]) => String(text))
      .join('')
      .trimEnd()
      .split('\n');
  } finally {
    write.mockRestore();
  }
}

test('a fault of a file or folder is one sentence and a remedy, without a stack trace', () => {
  const full = Object.assign(new Error('ENOSPC: …'), { code: 'ENOSPC', syscall: 'mkdir', path: '/x/.checkvalve' });
  expect(printed(full)).toEqual([
    '/x/.checkvalve cannot be used: the disk is full (ENOSPC)',
    'Make room on the disk, or the folder writable, and run the command again.',
  ]);
});

test('a fault that is foreseen is its message and its remedy; one that is not has a stack trace', () => {
  expect(printed(new CheckvalveError('INVALID_INPUT', 'It is wrong', 'Put it right.'))).toEqual([
    'It is wrong',
    'Put it right.',
  ]);
  expect(printed(new Error('unforeseen')).slice(0, 2)).toEqual([
    'This is a fault of Checkvalve itself:',
    'Error: unforeseen',
  ]);
});
