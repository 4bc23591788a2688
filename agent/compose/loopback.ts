/** This machine, and nobody else. */
export const LOOPBACK = '127.0.0.1';
