/**
 * A Chromium-like browser for the end-to-end tests, and Firefox for what only it does: those that are there, or, on Debian as root, those that
 * apt installs. Without a Chromium nothing can be tested; without Firefox its tests are left out.
 */
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

/**
 * @param {readonly string[]} wanted programs by their names
 * @param {readonly string[]} places where else they may be; an empty one is none
 */
function find(wanted, places) {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => wanted.map((name) => join(folder, name)));
  return [...onPath, ...places].find((file) => file !== "" && isProgram(file));
}

/** The browser's program, if there is one. `HEED_BROWSER` names another. */
export const findBrowser = () => find([], [process.env["HEED_BROWSER"] ?? ""]) ?? find(names, usualPlaces);

/** Firefox's program, if there is one. `HEED_FIREFOX` names another. */
export const findFirefox = () =>
  find([], [process.env["HEED_FIREFOX"] ?? ""]) ??
  find(
    ["firefox-esr", "firefox"],
    ["/Applications/Firefox.app/Contents/MacOS/firefox", join(programs, "Mozilla Firefox/firefox.exe")],
  );

/** Whether fonts for Chinese are there; where fontconfig is not in use they are part of the system. */
async function hasChineseFonts() {
  const { code, output } = await attempt("fc-list", [":lang=zh", "family"]);
  return code !== 0 || output.trim() !== "";
}

const isDebian = () =>
  existsSync("/etc/debian_version") && /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));

export async function installBrowser() {
  await installChromium();
  if (findFirefox() || !isDebian() || process.getuid?.() !== 0) return;
  await step("Firefox", async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await attempt("apt-get", ["update"], { env });
    // not every distribution has it under this name
    await attempt("apt-get", ["install", "-y", "--no-install-recommends", "firefox-esr"], { env });
  });
}

async function installChromium() {
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
