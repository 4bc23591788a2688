/** What the C library's number says, by the system's names for them. The Error's `code` is the kernel's, like EBUSY. */
export function failedIoctl(
  request: number,
  { number, names }: { readonly number: number; readonly names: Readonly<Record<string, number>> },
): Error {
  const code = Object.entries(names).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
  return Object.assign(new Error(`ioctl 0x${request.toString(16)}: ${code}`), { code });
}
