/**
 * Calls `work` with a network or trainer and lets go of it.
 *
 * @template {{ dispose(): void }} Handle
 * @template Result
 * @param {Promise<Handle>} opening
 * @param {(handle: Handle) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function scoped(opening, work) {
  const handle = await opening;
  try {
    return await work(handle);
  } finally {
    handle.dispose();
  }
}
