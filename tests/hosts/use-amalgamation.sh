#!/usr/bin/env bash
# The single-file library: compiles alone under several standards without a
# warning, shows only tlsdiag_* to the linker, answers like the library.
. "$(dirname "$0")/kit.sh"
need nm python3

"$top/tools/amalgamate" "$work"
mkdir "$work/tlsdiag"
mv "$work/tlsdiag.h" "$work/tlsdiag/"
for standard in c99 c11 c17 c2x; do
  "$cc" -std=$standard -O2 -Wall -Wextra -Werror -pedantic-errors \
    -I"$work/tlsdiag" -c "$work/tlsdiag.c" -o "$work/$standard.o"
done
echo "compiles as C99, C11, C17, C23 without a warning"
if command -v clang >/dev/null; then
  clang -std=c99 -O1 -Wall -Wextra -Werror -I"$work/tlsdiag" \
    -c "$work/tlsdiag.c" -o "$work/clang.o"
  echo "and by clang"
fi
# Compilers and C libraries of others; what they make says the same.
for other in tcc 'musl-gcc -static' 'gcc -m32'; do
  # shellcheck disable=SC2086
  if $other -I"$work" "$work/tlsdiag.c" -I"$work/tlsdiag" \
    "$top/examples/consumers/name.c" -o "$work/other" 2>"$work/log"; then
    [ "$("$work/other" <"$top/examples/consumers/hello.bin")" = a.example ] ||
      fail "$other: another answer"
    echo "and by $other"
  elif command -v "${other%% *}" >/dev/null &&
    grep -q 'tlsdiag\.[ch]' "$work/log"; then
    cat "$work/log"
    fail "$other"
  else
    echo "no $other"
  fi
done

nm -g --defined-only "$work/c99.o" | awk '{print $3}' | sort >"$work/names"
grep -v '^tlsdiag_' "$work/names" && fail "names that are not ours"
nm -g --undefined-only "$work/c99.o" | awk '{print $2}' |
  grep -vxE 'mem(cpy|move|set|cmp)|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail' &&
  fail "calls to somebody else"
# The same functions as the library exports.
nm -D --defined-only "$build/libtlsdiag.so" | awk '$2 == "T" {print $3}' |
  sed 's/@.*//' | sort >"$work/exported"
grep -v '^tlsdiag__' "$work/names" | diff "$work/exported" - ||
  fail "other functions than libtlsdiag.so"
echo "$(wc -l <"$work/exported") functions, as in libtlsdiag.so"

"$cc" -I"$work" "$top/examples/consumers/name.c" "$work/c99.o" -o "$work/name"
[ "$("$work/name" <"$top/examples/consumers/hello.bin")" = a.example ] ||
  fail "the consumer does not print the name"
c++ -I"$work" "$top/examples/consumers/why.cpp" "$work/c99.o" -o "$work/one"
c++ "${cflags[@]}" "$top/examples/consumers/why.cpp" "${libs[@]}" -ltlsdiag \
  -o "$work/two"
"$work/one" <"$top/examples/consumers/hello.bin" >"$work/one.txt"
"$work/two" <"$top/examples/consumers/hello.bin" | diff "$work/one.txt" - ||
  fail "another answer than the library's"
echo "answers like the library"
