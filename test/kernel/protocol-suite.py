"""The protocol's own suite for kernels, jupyter_kernel_test, whole; run by protocol-suite.test.ts."""

import sys
import unittest

import jupyter_kernel_test
from jupyter_kernel_test import IopubWelcomeTests, KernelTests

# The suite waits a moment for each message; a machine that is busy with other work must not fail it.
jupyter_kernel_test.TIMEOUT = 120

HOST = 'globalThis[Symbol.for("heed.host")]'


class TypeScriptTests(KernelTests):
    kernel_name = "heed"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world");'
    code_stderr = 'console.error("careful");'
    completion_samples = [{"text": "Math.atan", "matches": {"atan", "atan2", "atanh"}}]
    complete_code_samples = ["1 + 1", "", "const f = () => {\n  return `a\n${1}`;\n};", "/* a */", "for (const x of []) {}"]
    incomplete_code_samples = [
        "function f() {",
        "const text = `first\nsecond",
        "const text = `a ${1",
        "[1, 2,",
        "1 +",
        "/* a comment",
        "if (true) {\n  f(",
    ]
    invalid_code_samples = ["const = 3;", "let 1x = 2;", ")", 'const text = "ends\nlater";']
    code_page_something = f'{HOST}.page({{ "text/plain": "to read" }});'
    code_generate_error = 'throw new RangeError("bad");'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "[1, 2].map((n) => 2 * n)", "result": "[ 2, 4 ]"},
        {"code": '"我" + "是"', "result": "'我是'"},
    ]
    code_display_data = [{"code": f'{HOST}.display({{ "text/html": "<b>7</b>" }});', "mime": "text/html"}]
    code_history_pattern = "1 + 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "parseFloat"
    code_clear_output = f"{HOST}.clearOutput();"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.is_flushing = False
        channel = cls.kc.iopub_channel
        get = channel.get_msg
        channel.get_msg = lambda timeout=None: get(timeout=timeout if cls.is_flushing else 120)

    def flush_channels(self):
        type(self).is_flushing = True
        super().flush_channels()
        type(self).is_flushing = False


class TypeScriptWelcomeTests(IopubWelcomeTests):
    kernel_name = "heed"
    support_iopub_welcome = True


# The suite's own classes have no kernel of their own to test.
del KernelTests, IopubWelcomeTests

if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    sys.exit(len(result.failures) + len(result.errors) + len(result.skipped))
