"""Drives a kernel as Jupyter does: commands come in and every message goes out as JSON lines. Used by kernel.ts.

usage: python kernel-driver.py KERNEL_NAME
"""

import asyncio
import base64
import json
import sys
import time

from jupyter_client.manager import AsyncKernelManager


def emit(**event):
    sys.stdout.write(json.dumps(event, default=str) + "\n")
    sys.stdout.flush()


async def watch(channel, get):
    while True:
        message = await get()
        emit(
            channel=channel,
            type=message["msg_type"],
            parent=message["parent_header"].get("msg_id"),
            content=message["content"],
            buffers=[base64.b64encode(bytes(buffer)).decode() for buffer in message.get("buffers", [])],
            time=time.time() * 1e3,
        )


async def main(kernel_name):
    begin = time.time() * 1e3
    # Jupyter kills a kernel that takes longer: here it may take as long as the test
    manager = AsyncKernelManager(kernel_name=kernel_name, shutdown_wait_time=3600)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=None)
    emit(
        event="ready",
        begin=begin,
        time=time.time() * 1e3,
        pid=manager.provisioner.pid,
        connection=manager.connection_file,
    )
    watchers = [
        asyncio.create_task(watch("iopub", client.get_iopub_msg)),
        asyncio.create_task(watch("shell", client.get_shell_msg)),
        asyncio.create_task(watch("control", client.get_control_msg)),
        asyncio.create_task(watch("stdin", client.get_stdin_msg)),
    ]
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        command = json.loads(line)
        action = command.pop("do")
        if action == "request":
            channel = client.control_channel if command["channel"] == "control" else client.shell_channel
            message = client.session.msg(command["type"], command["content"], metadata=command["metadata"])
            buffers = [base64.b64decode(buffer) for buffer in command["buffers"]]
            client.session.send(channel.socket, message, buffers=buffers)
            emit(event="sent", id=command["id"], message=message["header"]["msg_id"], time=time.time() * 1e3)
        elif action == "input":
            client.input(command["value"])
            emit(event="done", id=command["id"])
        elif action == "interrupt":
            await manager.interrupt_kernel()
            emit(event="done", id=command["id"])
        elif action == "alive":
            emit(event="done", id=command["id"], value=await manager.is_alive())
        elif action == "heartbeat":
            emit(event="done", id=command["id"], value=client.hb_channel.is_beating())
        elif action == "stop":
            start = time.time()
            await manager.shutdown_kernel(now=command["now"])
            emit(event="done", id=command["id"], value=time.time() - start)
            break
    for watcher in watchers:
        watcher.cancel()
    client.stop_channels()
    if await manager.is_alive():
        await manager.shutdown_kernel(now=True)


asyncio.run(main(sys.argv[1]))
