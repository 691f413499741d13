/**
 * What was run, in this session and earlier ones: what consoles offer on the arrow keys. An SQLite database with the tables of IPython's,
 * beside Jupyter's own data.
 */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** @typedef {{ session: number, line: number, source: string, output: string | null }} Row */

const tables = `
  CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, start TIMESTAMP, end TIMESTAMP, num_cmds INTEGER, remark TEXT);
  CREATE TABLE IF NOT EXISTS history (session INTEGER, line INTEGER, source TEXT, source_raw TEXT, PRIMARY KEY (session, line));
  CREATE TABLE IF NOT EXISTS output_history (session INTEGER, line INTEGER, output TEXT, PRIMARY KEY (session, line));`;

const columns = "session, line, source_raw AS source, output";
const joined = "history LEFT JOIN output_history USING (session, line)";
const newestFirst = "ORDER BY session DESC, line DESC LIMIT ?";
const queries = {
  range: `SELECT ${columns} FROM ${joined} WHERE session = ? AND line >= ? AND line < ? ORDER BY line`,
  tail: `SELECT ${columns} FROM ${joined} ${newestFirst}`,
  search: `SELECT ${columns} FROM ${joined} WHERE source_raw GLOB ? ${newestFirst}`,
  // Of a group's rows SQLite takes the columns from the one that has the maximum.
  searchUnique: `SELECT ${columns}, MAX(session * 1e9 + line) FROM ${joined} WHERE source_raw GLOB ? GROUP BY source_raw ${newestFirst}`,
};

/** Where Jupyter keeps what belongs to a person: https://docs.jupyter.org/en/stable/use/jupyter-directories.html */
function dataFolder() {
  const { JUPYTER_DATA_DIR: given, APPDATA: roaming, XDG_DATA_HOME: shared } = process.env;
  if (given) return given;
  if (process.platform === "win32" && roaming) return join(roaming, "jupyter");
  if (process.platform === "darwin") return join(homedir(), "Library/Jupyter");
  return join(shared || join(homedir(), ".local/share"), "jupyter");
}

export class History {
  /** @type {Promise<import("node:sqlite").DatabaseSync> | undefined} */
  #opening;
  /** The number of this session; the first cell begins it. */
  #session = 0;
  /** Writes wait for the database, in order. */
  #last = Promise.resolve();

  /**
   * @param {number} line the cell's number
   * @param {string} source
   */
  add(line, source) {
    this.#write((database) => {
      if (this.#session === 0) {
        const { lastInsertRowid } = database.prepare("INSERT INTO sessions (start) VALUES (?)").run(new Date().toISOString());
        this.#session = Number(lastInsertRowid);
      }
      database.prepare("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)").run(this.#session, line, source, source);
    });
  }

  /**
   * @param {number} line
   * @param {any} content of the execute_result
   */
  addOutput(line, { data }) {
    const text = data["text/plain"];
    if (typeof text !== "string") return;
    this.#write((database) =>
      database.prepare("INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)").run(this.#session, line, text),
    );
  }

  /**
   * Answers a `history_request`.
   * @param {any} request
   */
  async answer({ hist_access_type: access, output = false, n, session = 0, start = 1, stop, pattern = "*", unique = false }) {
    await this.#last;
    const database = await this.#open();
    const most = n ?? -1;
    /** @type {unknown[]} */
    let rows;
    if (access === "range") {
      // 0 is this session, -1 the one before it.
      const number = session > 0 ? session : this.#session + session;
      rows = database.prepare(queries.range).all(number, start, stop ?? Number.MAX_SAFE_INTEGER);
    } else if (access === "search") {
      rows = database
        .prepare(unique ? queries.searchUnique : queries.search)
        .all(pattern, most)
        .toReversed();
    } else {
      rows = database.prepare(queries.tail).all(most).toReversed();
    }
    const history = /** @type {Row[]} */ (rows).map((row) => [
      row.session,
      row.line,
      output ? [row.source, row.output] : row.source,
    ]);
    return { status: "ok", history };
  }

  /** @param {(database: import("node:sqlite").DatabaseSync) => void} work */
  #write(work) {
    // A full disk or another program's lock may lose a line of history, not a cell.
    this.#last = this.#last.then(async () => work(await this.#open())).catch(() => {});
  }

  #open() {
    return (this.#opening ??= openDatabase());
  }

  async close() {
    await this.#last;
    if (this.#opening) (await this.#opening).close();
  }
}

/** The database in the person's folder, or, where that cannot be written, one for this session in memory. */
async function openDatabase() {
  const { DatabaseSync } = await importQuietly();
  const folder = join(dataFolder(), "heed");
  try {
    mkdirSync(folder, { recursive: true });
    const database = new DatabaseSync(join(folder, "history.sqlite"));
    // Other kernels write as well.
    database.exec(`PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${tables}`);
    return database;
  } catch {
    const database = new DatabaseSync(":memory:");
    database.exec(tables);
    return database;
  }
}

/** Node calls its SQLite experimental, on standard error: that is nothing for a notebook. */
async function importQuietly() {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
