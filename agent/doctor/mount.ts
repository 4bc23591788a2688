export interface Mount {
  readonly at: string;
  readonly type: string;
  /** As it was named, like `/dev/mmcblk0p3`. */
  readonly device: string;
  /** Its numbers, like `179:3`: some kernels call the device of the root /dev/root. */
  readonly numbers: string;
  /** Of the mount and of the file system. */
  readonly options: ReadonlySet<string>;
}

/** The mount in which a path lies, by /proc/self/mountinfo; of several over each other the last. */
export function mountOf(mountinfo: string, path: string): Mount | null {
  let found: Mount | null = null;
  for (const line of mountinfo.split('\n')) {
    const mount = mountIn(line);
    if (mount === null || !holds(mount.at, path)) continue;
    if (found === null || mount.at.length >= found.at.length) found = mount;
  }
  return found;
}

/** `36 35 98:0 / /data rw,noatime shared:1 - ext4 /dev/mmcblk0p3 rw,errors=remount-ro` */
function mountIn(line: string): Mount | null {
  const [before = '', after = ''] = line.split(' - ');
  const [, , numbers = '', , at = '', ofMount = ''] = before.split(' ');
  const [type = '', device = '', ofSystem = ''] = after.split(' ');
  if (at === '' || type === '') return null;
  const options = new Set([...ofMount.split(','), ...ofSystem.split(',')]);
  return { at: plain(at), type, device: plain(device), numbers, options };
}

function holds(at: string, path: string): boolean {
  return at === '/' || path === at || path.startsWith(`${at}/`);
}

/** Spaces and the like stand as three octal digits. */
function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
