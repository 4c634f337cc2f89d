"""What a process gives up for good before it runs code that nobody has read.

On every Unix: time, memory, open files, the size of a file. On Linux also, where the kernel has it: new processes and
programs, the network, signals and looks into other processes, changes of a file's owner and dates (seccomp), and all
files but Python's own, read-only, and one folder (Landlock). Neither needs rights that a user does not have. Both hold
for whatever the process starts, and there is no way back.
"""

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from pathlib import Path

FILE_BYTES = 10_000_000  # of one file
OPEN_FILES = 128
_CRUDE_PROCESSES = 256  # where single new processes cannot be refused

# --- seccomp: which calls the kernel refuses ---

_THREAD = 0x10000  # CLONE_THREAD: a thread, no new process
_NUMBERS = {  # name: (x86_64, aarch64); None where there is no such call
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "connect": (42, 203),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "setpriority": (141, 140),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "open_by_handle_at": (304, 265),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
_OWN_PROCESS_ONLY = {"kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261)}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # bytes, in what the kernel shows a filter
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER, _DIE_WITH_PARENT, _SIGKILL = 38, 22, 2, 1, 9


def resources(seconds, memory):
    """Limit time on the processor, memory, and files.

    Parameters
    ----------
    seconds : float
    memory : int
        Bytes of address space, with what Python and its libraries have already.
    """
    seconds = int(seconds) + 1
    limits = {
        "RLIMIT_CPU": (seconds, seconds + 1),
        "RLIMIT_AS": (memory, memory),
        "RLIMIT_FSIZE": (FILE_BYTES, FILE_BYTES),
        "RLIMIT_NOFILE": (OPEN_FILES, OPEN_FILES),
        "RLIMIT_CORE": (0, 0),
    }
    for name, (soft, hard) in limits.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        ceiling = resource.getrlimit(kind)[1]
        allowed = ceiling if ceiling != resource.RLIM_INFINITY else hard
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit on address space
            resource.setrlimit(kind, (min(soft, allowed), min(hard, allowed)))


def processes_crudely():
    """Limit how many processes the user has, where `calls` cannot refuse single ones."""
    count = _CRUDE_PROCESSES if sys.platform == "linux" else 0  # of Linux, threads count too
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (count, count))


def calls():
    """Have the kernel refuse new processes, the network and reaching into other processes.

    Returns
    -------
    bool
        Whether this system can do it.
    """
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_DIE_WITH_PARENT, _SIGKILL, 0, 0, 0)
    instructions = _filter()
    program = ctypes.create_string_buffer(b"".join(instructions))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(program)))
    return (
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
        and library.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(header), 0, 0) == 0
    )


def _filter():
    """Return the filter's instructions, as the kernel reads them."""
    column, architecture = _ARCHITECTURES[platform.machine()]

    def step(code, value, then=0, otherwise=0):
        return struct.pack("HBBI", code, then, otherwise, value)

    def refuse(number):
        return step(_RETURN, _REFUSE | number)

    steps = [
        step(_LOAD, _ARCHITECTURE_AT),
        step(_EQUAL, architecture, 1),
        step(_RETURN, _KILL),
        step(_LOAD, _NUMBER_AT),
    ]
    if column == 0:  # x86's second set of numbers
        steps += [step(_AT_LEAST, 0x40000000, 0, 1), refuse(errno.EPERM)]
    for numbers in _NUMBERS.values():
        if numbers[column] is not None:
            steps += [step(_EQUAL, numbers[column], 0, 1), refuse(errno.EPERM)]
    # The C library then falls back to clone, of which the flags can be seen.
    steps += [step(_EQUAL, _CLONE3[column], 0, 1), refuse(errno.ENOSYS)]
    steps += [
        step(_EQUAL, _CLONE[column], 0, 4),
        step(_LOAD, _FIRST_ARGUMENT_AT),
        step(_ANY_BIT, _THREAD, 1),
        refuse(errno.EAGAIN),
        step(_RETURN, _ALLOW),
    ]
    for numbers in _OWN_PROCESS_ONLY.values():
        steps += [
            step(_EQUAL, numbers[column], 0, 5),
            step(_LOAD, _FIRST_ARGUMENT_AT),
            step(_EQUAL, os.getpid(), 2),
            step(_EQUAL, 0, 1 if numbers is _OWN_PROCESS_ONLY["prlimit64"] else 0),
            refuse(errno.EPERM),
            step(_RETURN, _ALLOW),
        ]
    return [*steps, step(_RETURN, _ALLOW)]


# --- Landlock: which files the kernel shows ---

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # of all processors
_EXECUTE, _READ, _LIST = 1 << 0, 1 << 2, 1 << 3
_WRITE = 1 << 1
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # since which version, all there are
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/cpuinfo", "/sys/devices/system")


def folders(own, more=()):
    """Have the kernel hide all files but Python's and the system's libraries, which cannot be written, and a folder.

    Parameters
    ----------
    own : str
        The folder in which the process may read and write.
    more : sequence of str
        Files and folders that it may read.

    Returns
    -------
    bool
        Whether this system can do it.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    everything = _RIGHTS[max(since for since in _RIGHTS if since <= version)]
    # Also TCP (since version 4), and sockets without a file and signals, to whoever is not locked down (6).
    wanted = [everything, *([3] if version >= 4 else []), *([3] if version >= 6 else [])]
    ruleset = library.syscall(_CREATE, struct.pack(f"{len(wanted)}Q", *wanted), ctypes.c_size_t(8 * len(wanted)), 0)
    if ruleset < 0:
        return False
    readable = {*map(os.path.realpath, python_paths()), *_SYSTEM, *more}
    rules = {path: _EXECUTE | _READ | _LIST for path in readable}
    rules |= dict.fromkeys(_DEVICES, _READ | _WRITE) | {own: everything}
    for path, rights in rules.items():
        _add(library, ruleset, path, rights)
    done = library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and library.syscall(_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return done


def _add(library, ruleset, path, rights):
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    if not os.path.isdir(path):
        rights &= _EXECUTE | _READ | _WRITE
    library.syscall(_ADD, ruleset, 1, struct.pack("=Qi", rights, opened), 0)
    os.close(opened)


def python_paths():
    """Return the folders that Python and its packages are in, and colorkit's own."""
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(os.__file__).parent)}
    packages = {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages", "lib-dynload")}
    return places | packages | {str(Path(__file__).parents[2])}
