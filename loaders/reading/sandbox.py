"""How a process that reads what strangers wrote gives its rights away, before it opens anything.

What is taken: the network, new programs, debugging other processes, core dumps, writing files, and, once the store
is open, memory. On x86-64 Linux by a seccomp filter; on other Linux machines by a network namespace of its own that
holds no device; elsewhere there is no way, and `NoSandboxError`. Each is tried out before it is believed.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_AF_INET, _SOCK_STREAM = 2, 1

_ARCH_X86_64 = 0xC000003E
_X32_BIT = 0x40000000
_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_REFUSED_CALLS = {
    "socket": 41,
    "connect": 42,
    "socketpair": 53,
    "execve": 59,
    "ptrace": 101,
    "execveat": 322,
    "io_uring_setup": 425,
}
STDERR_BYTES = 64 * 1024


class NoSandboxError(Exception):
    """There is no way to keep a process of this machine from the network."""


class _Program(ctypes.Structure):
    """`struct sock_fprog`: a filter program and its number of instructions."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends, as it does with process `parent`."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        sys.exit(0)


def restrict(how: str = "auto") -> str:
    """Take the network away; returns what was done, `seccomp` or `namespace`. Raises `NoSandboxError`."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (STDERR_BYTES, STDERR_BYTES))
    if sys.platform != "linux":
        raise NoSandboxError("processes can be kept from the network on Linux only")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if how == "seccomp" or (how == "auto" and platform.machine() == "x86_64"):
        _filter_calls()
        return "seccomp"
    _leave_network()
    return "namespace"


def limit_memory(query_bytes: int) -> None:
    """Let the process grow by `query_bytes` from now on; an allocation beyond fails."""
    limit = memory_bytes() + query_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def memory_bytes() -> int:
    """The address space that this process takes, in bytes."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def alarm(seconds: float) -> None:
    """Have the kernel kill this process after so many seconds; 0 calls it off."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _filter_calls() -> None:
    """Refuse the system calls of `_REFUSED_CALLS`; threads that start later inherit the filter."""
    code = _filter_program()
    program = _Program(len(code) // 8, code)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program))
    if _socket_error() != errno.EPERM:
        raise NoSandboxError("the seccomp filter does not hold")


def _filter_program() -> bytes:
    """The filter in the kernel's language: another ABI is killed, a refused call answers EPERM."""
    calls = sorted(_REFUSED_CALLS.values())
    refuse = b"".join(_instruction(_EQUALS, len(calls) - i, 0, call) for i, call in enumerate(calls))
    return (
        _instruction(_LOAD, 0, 0, 4)  # seccomp_data.arch
        + _instruction(_EQUALS, 1, 0, _ARCH_X86_64)
        + _instruction(_RETURN, 0, 0, _KILL)
        + _instruction(_LOAD, 0, 0, 0)  # seccomp_data.nr
        + _instruction(_AT_LEAST, len(calls) + 1, 0, _X32_BIT)  # the same calls under other numbers
        + refuse
        + _instruction(_RETURN, 0, 0, _ALLOW)
        + _instruction(_RETURN, 0, 0, _REFUSE)
    )


def _instruction(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)


def _leave_network() -> None:
    """Move into a network namespace without any device that is up."""
    before = os.stat("/proc/self/ns/net").st_ino
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0 and _libc().unshare(_CLONE_NEWNET) != 0:
        raise NoSandboxError(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    if os.stat("/proc/self/ns/net").st_ino == before:
        raise NoSandboxError("the network namespace does not hold")


def _socket_error() -> int:
    """The error number of an attempt to open a socket; 0 where it succeeded."""
    descriptor = _libc().socket(_AF_INET, _SOCK_STREAM, 0)
    if descriptor < 0:
        return ctypes.get_errno()
    os.close(descriptor)
    return 0


def _prctl(option: int, *arguments: object) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    if _libc().prctl(option, *(ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded)) != 0:
        raise NoSandboxError(f"prctl({option}): {os.strerror(ctypes.get_errno())}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
