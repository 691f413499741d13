/** A failure a person can do something about: what went wrong and the cure. */
import { say } from "./words.mjs";

export class Problem extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} cure what to do about it
   * @param {string} [details] what the failed program said
   */
  constructor(message, cure, details = "") {
    super(message);
    this.cure = cure;
    this.details = details;
  }
}

/** What programs say when something outside the project is wrong, and what to do then. */
const causes = [
  {
    sign: /ENOSPC|No space left on device|There is not enough space/i,
    message: () => say("the disk is full", "磁盘已满"),
    cure: () => say("Free about 4 GB, then run the command again.", "请腾出约 4 GB 空间,然后重新运行该命令。"),
  },
  {
    sign: /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|NewConnectionError|Failed to establish a new connection|Temporary failure in name resolution|ConnectTimeoutError|ReadTimeoutError|network request to .* failed/i,
    message: () => say("the package registry cannot be reached", "无法连接软件包仓库"),
    cure: () =>
      say(
        "Check the network (behind a proxy: set HTTPS_PROXY; with a mirror: npm config set registry …, PIP_INDEX_URL=…), then run the command again. What is installed already is kept.",
        "请检查网络(使用代理请设置 HTTPS_PROXY;使用镜像请设置 npm config set registry … 和 PIP_INDEX_URL=…),然后重新运行。已安装的部分会保留。",
      ),
  },
  {
    sign: /EACCES|EPERM|Permission denied/i,
    message: () => say("a file or folder of the project may not be written", "项目中的文件或文件夹没有写权限"),
    cure: () =>
      say(
        "Make the project's folder yours (for example: sudo chown -R $USER .) and close programs that use it.",
        "请把项目文件夹的所有者改为当前用户(例如:sudo chown -R $USER .),并关闭正在使用它的程序。",
      ),
  },
  {
    sign: /ensurepip is not|No module named (venv|ensurepip)/i,
    message: () => say("this Python has no venv module", "此 Python 缺少 venv 模块"),
    cure: () =>
      say(
        "On Debian or Ubuntu: apt install python3-venv. Elsewhere install Python from python.org.",
        "Debian 或 Ubuntu 上请运行:apt install python3-venv。其他系统请从 python.org 安装 Python。",
      ),
  },
];

/**
 * Turns a program's last words into a problem with its cure.
 * @param {string} what the step, for example "npm packages"
 * @param {string} output what the program said
 */
export function diagnose(what, output) {
  const cause = causes.find(({ sign }) => sign.test(output));
  const lines = output.trim().split("\n").slice(-20).join("\n");
  return cause
    ? new Problem(`${what}: ${cause.message()}`, cause.cure(), lines)
    : new Problem(
        say(`${what}: failed`, `${what}:失败`),
        say(
          "Read what the program said above; then run the command again: finished steps are kept.",
          "请查看上面的输出,然后重新运行:已完成的步骤会保留。",
        ),
        lines,
      );
}

/**
 * Prints an error for a person; a programming error keeps its stack.
 * @param {unknown} error
 */
export function report(error) {
  if (!(error instanceof Problem)) return void console.error(error);
  if (error.details) console.error(error.details.replace(/^/gm, "  │ "));
  console.error(`\n${say("Error", "错误")}: ${error.message}\n${say("Cure", "解决办法")}: ${error.cure}`);
}
