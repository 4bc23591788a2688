import { type Access, SESSION_MS, type Session } from './access.ts';

const NAME = 'wheelhouse_session';

export function sessionOf(access: Access, cookie: string | undefined): Session | null {
  for (const pair of (cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === NAME && value !== undefined) return access.session(value);
  }
  return null;
}

export function sessionCookie(session: Session): string {
  return write(session.id, SESSION_MS / 1000);
}

export function endedCookie(): string {
  return write('', 0);
}

function write(value: string, seconds: number): string {
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
}
