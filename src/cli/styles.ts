const colour =
  (code: number) =>
  (text: string, stream: NodeJS.WriteStream = process.stdout) =>
    stream.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;

/** For what went wrong, what went well, and what is beside the point; plain where nobody looks. */
export const red = colour(31);
export const green = colour(32);
export const yellow = colour(33);
export const dim = colour(2);
