"""Reads the public header: structs, functions, numbers.

Not a C parser: the header is regular on purpose (one declaration a statement,
no conditional members), and what does not fit raises an error."""
import re
from dataclasses import dataclass, field
from typing import List


@dataclass
class Type:
    name: str          # uint16_t, tlsdiag_bytes, void, char, ...
    pointers: int = 0  # levels of indirection
    const: bool = False


@dataclass
class Member:
    name: str
    type: Type
    count: int = 0     # of an array, 0: not one


@dataclass
class Struct:
    name: str
    members: List[Member]


@dataclass
class Function:
    name: str
    result: Type
    parameters: List[Member]


@dataclass
class Enum:
    name: str          # CAUSE, STATUS, ...
    text: str
    values: dict       # NONE: 0, ...


@dataclass
class Api:
    structs: List[Struct] = field(default_factory=list)
    functions: List[Function] = field(default_factory=list)
    enums: List[Enum] = field(default_factory=list)
    macros: dict = field(default_factory=dict)


def parse_variable(text, macros):
    match = re.fullmatch(
        r"(const )?(?:struct )?(\w+)(?: int)? ?((?:\*(?: const )?)*) ?(\w+)"
        r"(?:\[(\w+)\])?", " ".join(text.split()))
    if match is None:
        raise ValueError(f"cannot read: {text!r}")
    const, name, stars, variable, count = match.groups()
    size = int(macros.get(count, count), 0) if count else 0
    return Member(variable, Type(name, stars.count("*"), bool(const)), size)


def read_structs(text, api):
    for match in re.finditer(r"typedef struct (\w+) \{(.*?)\} (\w+);", text,
                             re.S):
        members = []
        for line in match.group(2).split(";"):
            if not line.strip():
                continue
            first, *others = line.split(",")
            members.append(parse_variable(first, api.macros))
            for other in others:
                members.append(Member(other.strip(), members[-1].type))
        api.structs.append(Struct(match.group(1), members))


def read_functions(text, api):
    for match in re.finditer(r"TLSDIAG_API\s+([^;{}()]+?)(tlsdiag_\w+)\(([^;]*)\);",
                             text):
        result, name, parameters = match.groups()
        kind = parse_variable(result.strip() + " result", api.macros).type
        args = [] if parameters.strip() == "void" else [
            parse_variable(part, api.macros) for part in parameters.split(",")]
        api.functions.append(Function(name, kind, args))


def read_enums(text, api):
    """Numbers of `enum { TLSDIAG_GROUP_NAME = 1, ... };`.  The group is what
    the first line of the comment before it calls it, or the word behind
    TLSDIAG_."""
    for match in re.finditer(r"(?:/\*([^/]*?)\*/\s*)?\benum \{(.*?)\};", text,
                             re.S):
        comment = " ".join((match.group(1) or "").replace("*", " ").split())
        body = re.sub(r"/\*.*?\*/", "", match.group(2), flags=re.S)
        values = {name: int(value, 0) for name, value in re.findall(
            r"TLSDIAG_(\w+)\s*=\s*(-?\w+)", body)}
        named = re.match(r"(\w+): (.*)", comment)
        group = (named.group(1).upper() if named else
                 next(iter(values)).split("_")[0])
        prefix = group + "_"
        if not all(name.startswith(prefix) for name in values):
            raise ValueError(f"enum {group} holds other names")
        api.enums.append(Enum(
            group, named.group(2) if named else "",
            {name[len(prefix):]: value for name, value in values.items()}))


def read(path):
    api = Api()
    text = path.read_text()
    api.macros = dict(re.findall(r"#define (TLSDIAG_\w+) (\w+)\b", text))
    read_enums(text, api)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    read_structs(text, api)
    read_functions(text, api)
    return api
