/** The operating system's error codes as text. https://nodejs.org/api/errors.html#common-system-errors */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would exceed the maximum size',
  EEXIST: 'a file of that name exists',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file instead of a folder',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
};

/** An error of the operating system about a file or a folder. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;

/** Why a file or a folder cannot be used, without its name: `the disk is full (ENOSPC)`. */
export function systemReason(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const reason = REASONS[error.code ?? ''];
  return reason ? `${reason} (${error.code})` : error.message;
}
