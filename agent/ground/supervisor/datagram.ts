const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;

/** Sends datagrams to a unix socket, which Node itself cannot. What cannot be sent at once is dropped. Linux only. */
export async function datagramsTo(path: string): Promise<(message: string) => void> {
  const { default: koffi } = await import('koffi');
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int domain, int type, int protocol)');
  const sendto = libc.func('int64 sendto(int fd, void *data, size_t length, int flags, void *to, uint32 toLength)');
  const descriptor: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const to = address(path);
  return (message) => {
    const data = Buffer.from(message);
    sendto(descriptor, data, data.length, MSG_DONTWAIT_NOSIGNAL, to, to.length);
  };
}

/** struct sockaddr_un; a name that begins with @ lies in no folder. */
function address(path: string): Buffer {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, Buffer.from(path.replace(/^@/, '\0'))]);
}
