"""Pickles taken apart without running them.

Python's ``pickle`` calls whatever a file names. Here the instructions of a pickle are followed by a small
machine of its own, which knows plain containers, numbers and texts, and hands every call that the pickle
asks for to a function of the reader: nothing of the file's choice is imported, called or changed.
`pickletools.genops` splits the bytes into instructions.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.limits import shown

_MOST_STEPS = 10**6
_MARK = object()
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Callable[[], Any]] = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
_PUSHED = {
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES"),
}
_PASSED = {"PROTO", "FRAME"}


@dataclass(frozen=True)
class Global:
    """What a pickle names: ``module.name``, never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return shown(f"{self.module}.{self.name}")


@dataclass
class Reader:
    """What the calls and the references of a pickle mean.

    Attributes
    ----------
    call
        Takes a `Global` and the tuple of arguments that a pickle calls it with.
    refer
        Takes the tuple by which a pickle refers to data outside.
    """

    call: Callable[[Global, tuple[Any, ...]], Any]
    refer: Callable[[Any], Any]


def read_pickle(file: str, place: str, data: bytes | IO[bytes], reader: Reader) -> Any:
    """Return the value of a pickle; of a stream what comes next, which is then read up to the pickle's end.

    Raises
    ------
    UnsupportedOperatorError
        For an instruction that plain data do not need.
    FormatError
        If the bytes are no pickle.
    """
    machine = _Machine(file, place, reader)
    try:
        for count, (operation, argument, _) in enumerate(pickletools.genops(data)):
            if operation.name == "STOP":
                return machine.pop()
            machine.step(operation.name, argument)
            if count == _MOST_STEPS:
                break
    except FormatError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        got = f"{type(error).__name__} ({shown(str(error))})"
        raise FormatError(file, place, "a pickle of plain data", got) from None
    raise FormatError(file, place, f"a pickle that ends after at most {_MOST_STEPS} instructions", "more")


class _Machine:
    """The stack and the memory of a pickle."""

    def __init__(self, file: str, place: str, reader: Reader) -> None:
        self._file, self._place, self._reader = file, place, reader
        self._stack: list[Any] = []
        self._memory: dict[int, Any] = {}

    def pop(self) -> Any:
        """Take the last value."""
        value = self._stack.pop()
        if value is _MARK:
            raise ValueError("a mark where a value is expected")
        return value

    def step(self, name: str, argument: Any) -> None:
        """Follow one instruction."""
        if name in _PUSHED:
            self._stack.append(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            self._stack.append(_EMPTY[name]())
        elif name == "MARK":
            self._stack.append(_MARK)
        elif name not in _PASSED:
            handler = _HANDLERS.get(name)
            if handler is None:
                raise UnsupportedOperatorError(self._file, f"pickle instruction {name}", self._place)
            handler(self, argument)

    def since_mark(self) -> list[Any]:
        values: list[Any] = []
        while (value := self._stack.pop()) is not _MARK:
            values.append(value)
        return values[::-1]

    def make_tuple(self, count: int | None) -> None:
        values = self.since_mark() if count is None else [self.pop() for _ in range(count)][::-1]
        self._stack.append(tuple(values))

    def put(self, index: Any) -> None:
        self._memory[len(self._memory) if index is None else index] = self._stack[-1]

    def get(self, index: Any) -> None:
        self._stack.append(self._memory[index])

    def name_global(self, argument: Any) -> None:
        if argument is None:
            name, module = self.pop(), self.pop()
        else:
            module, _, name = argument.partition(" ")
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError("a name that is no text")
        self._stack.append(Global(module, name))

    def call(self, _: Any) -> None:
        arguments, called = self.pop(), self.pop()
        if not isinstance(called, Global) or not isinstance(arguments, tuple):
            raise TypeError("a call of something without a name")
        self._stack.append(self._reader.call(called, arguments))

    def set_state(self, _: Any) -> None:
        """Pass over the attributes of a dictionary, which are no entries of it; refuse others."""
        self.pop()
        if not isinstance(self._stack[-1], dict):
            raise TypeError("attributes of something else than a dictionary")

    def append(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise TypeError("an entry of something else than a list")
        self._stack[-1].extend(values)

    def set_items(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict) or len(values) % 2:
            raise TypeError("keys of something else than a dictionary")
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(key, str | int):
                raise TypeError("a key that is neither text nor a number")
            target[key] = value

    def refer(self, _: Any) -> None:
        self._stack.append(self._reader.refer(self.pop()))


_HANDLERS: dict[str, Callable[[_Machine, Any], None]] = {
    "TUPLE": lambda machine, _: machine.make_tuple(None),
    "TUPLE1": lambda machine, _: machine.make_tuple(1),
    "TUPLE2": lambda machine, _: machine.make_tuple(2),
    "TUPLE3": lambda machine, _: machine.make_tuple(3),
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.put,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "GLOBAL": _Machine.name_global,
    "STACK_GLOBAL": _Machine.name_global,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.set_state,
    "APPEND": lambda machine, _: machine.append([machine.pop()]),
    "APPENDS": lambda machine, _: machine.append(machine.since_mark()),
    "SETITEM": lambda machine, _: machine.set_items([machine.pop(), machine.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.set_items(machine.since_mark()),
    "BINPERSID": _Machine.refer,
}
