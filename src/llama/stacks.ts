/** Most tokens in a stack: enough to keep a GPU busy, as in a training step. */
const STACK_TOKENS = 1024;

/** Groups neighbouring windows of one length, to be computed together. Their order stays. */
export function stacksOf(windows: readonly Uint32Array[]): Uint32Array[][] {
  const stacks: Uint32Array[][] = [];
  for (const ids of windows) {
    const last = stacks.at(-1);
    const fits = last?.[0]?.length === ids.length && (last.length + 1) * ids.length <= STACK_TOKENS;
    if (fits) last.push(ids);
    else stacks.push([ids]);
  }
  return stacks;
}

/** Returns the token ids of all windows, one window after the other. */
export function joined(windows: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(windows.reduce((sum, ids) => sum + ids.length, 0));
  let start = 0;
  for (const ids of windows) {
    all.set(ids, start);
    start += ids.length;
  }
  return all;
}
