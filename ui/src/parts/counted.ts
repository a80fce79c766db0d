/** `1 step`, `1,200 steps`; a plural of its own where an s does not make it. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
