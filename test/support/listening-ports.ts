import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A listening socket in `/proc/net/tcp`: state 0A, its own port in hexadecimal, and its inode as the tenth column. */
const LISTENING = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F:]+ 0A (?:\S+ +){5}(\d+)/;

/** Every TCP port on which a process listens, as Linux tells it. */
export function listeningPorts(pid: number): number[] {
  const directory = `/proc/${String(pid)}`;
  const sockets = new Set(readdirSync(`${directory}/fd`).map((name) => linkOf(`${directory}/fd/${name}`)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`${directory}/net/${table}`, 'utf8')
      .split('\n')
      .flatMap((row) => {
        const [, port, inode] = LISTENING.exec(row) ?? [];
        return port !== undefined && sockets.has(`socket:[${String(inode)}]`) ? [Number.parseInt(port, 16)] : [];
      }),
  );
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return '';
  }
}
