import { main } from './main';

/** Runs a command line as typed, without quotes, in this process. @param base folder that relative paths start from. */
export async function runLine(
  line: string,
  { base, signal }: { readonly base: string; readonly signal?: AbortSignal | undefined },
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(line.split(' ').filter(Boolean), {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTTY: false,
    base,
    ...(signal ? { signal } : {}),
  });
  return { code, out, err };
}
