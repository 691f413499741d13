/** A Chromium-like browser for the end-to-end tests: one that is there, or, on Debian as root, one that apt installs. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Problem } from "./problem.mjs";
import { step } from "./progress.mjs";
import { attempt, run } from "./run.mjs";
import { say } from "./words.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const programs = process.env["ProgramFiles"] ?? "C:\\Program Files";

/** @type {string[]} where installers put browsers that are not on the PATH */
const usualPlaces =
  process.platform === "darwin"
    ? ["Google Chrome", "Chromium", "Microsoft Edge"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
    : process.platform === "win32"
      ? [
          join(programs, "Google/Chrome/Application/chrome.exe"),
          join(`${programs} (x86)`, "Microsoft/Edge/Application/msedge.exe"),
        ]
      : ["/snap/bin/chromium"];

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser's program, if there is one. `HEED_BROWSER` names another. */
export function findBrowser() {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env["HEED_BROWSER"] ?? "", ...onPath, ...usualPlaces].find((file) => file !== "" && isProgram(file));
}

/** Whether fonts for Chinese are there; where fontconfig is not in use they are part of the system. */
async function hasChineseFonts() {
  const { code, output } = await attempt("fc-list", [":lang=zh", "family"]);
  return code !== 0 || output.trim() !== "";
}

const isDebian = () =>
  existsSync("/etc/debian_version") && /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));

export async function installBrowser() {
  /** @type {string[]} */
  const missing = [];
  if (!findBrowser()) missing.push("chromium");
  if (isDebian() && (missing.length > 0 || !(await hasChineseFonts()))) missing.push("fonts-noto-cjk");
  if (missing.length === 0) return;
  if (isDebian() && process.getuid?.() === 0) {
    const name = say("Chromium and Chinese fonts", "Chromium 与中文字体");
    await step(name, async (detail) => {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      await run(name, "apt-get", ["update"], { env, onLine: detail });
      await run(name, "apt-get", ["install", "-y", "--no-install-recommends", ...missing], { env, onLine: detail });
    });
  }
  if (findBrowser()) return;
  throw new Problem(
    say("no browser was found for the end-to-end tests", "找不到用于端到端测试的浏览器"),
    say(
      "Install Chromium or Chrome (Debian: sudo apt install chromium fonts-noto-cjk; macOS: brew install --cask google-chrome), or set HEED_BROWSER to its program.",
      "请安装 Chromium 或 Chrome(Debian:sudo apt install chromium fonts-noto-cjk;macOS:brew install --cask google-chrome),或将 HEED_BROWSER 设为其路径。",
    ),
  );
}
