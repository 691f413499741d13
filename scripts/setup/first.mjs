/** What comes before everything else, written so that any Node can read it. */
import { say } from "./words.mjs";

const least = 20;

/** Ends the program, with the cure, under a Node that is too old for the set-up. */
export function requireNode() {
  if (Number(process.versions.node.split(".")[0]) >= least) return;
  console.error(
    say(
      `Error: Node ${least} or later is needed; this is ${process.version}.\nCure: install Node 24 from nodejs.org and run the command again.`,
      `错误:需要 Node ${least} 或更新版本;当前为 ${process.version}。\n解决办法:请从 nodejs.org 安装 Node 24,然后重新运行。`,
    ),
  );
  process.exit(1);
}
