"""Compiles the library for inspection and reads the object files."""
from concurrent.futures import ThreadPoolExecutor
import glob
import os
import re
import subprocess

TOP = os.path.normpath(os.path.join(os.path.dirname(__file__), '..', '..'))
FLAGS = ['-std=c99', '-ffreestanding', '-fvisibility=hidden', '-DNDEBUG',
         '-I' + os.path.join(TOP, 'include'), '-I' + os.path.join(TOP, 'lib')]


def sources():
    """The library's sources, as cmake/sources.cmake has them."""
    return sorted(glob.glob(os.path.join(TOP, 'lib', '*.c')))


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout


def compile_all(compiler, level, directory, extra=()):
    """Compiles every source; returns the object files."""
    os.makedirs(directory)

    def compile_one(source):
        name = os.path.basename(source)[:-2] + '.o'
        target = os.path.join(directory, name)
        subprocess.run([compiler, level, *FLAGS, *extra, '-c', source, '-o',
                        target], check=True, cwd=directory)
        return target

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(compile_one, sources()))


def undefined(objects):
    """What all objects together still want from elsewhere."""
    wanted, defined = set(), set()
    for line in run('nm', '-g', *objects).splitlines():
        match = re.match(r'(?:[0-9a-f]+)? +([A-Za-z]) (\S+)$', line)
        if match:
            kind, name = match.groups()
            (wanted if kind in 'Uw' else defined).add(name)
    return wanted - defined


def sections(objects):
    """(object, section, bytes) of every section that takes memory."""
    for path in objects:
        for line in run('size', '-A', path).splitlines():
            words = line.split()
            if len(words) == 3 and words[1].isdigit():
                yield os.path.basename(path), words[0], int(words[1])


def text_bytes(objects):
    """Code and constants, by object."""
    total = {}
    for name, section, size in sections(objects):
        if re.match(r'\.(text|rodata|data\.rel\.ro)', section):
            total[name] = total.get(name, 0) + size
    return total
