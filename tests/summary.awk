# Counts the logs of ctest: first BUILD.ctest.log of every build (what ctest
# printed: it alone tells what was skipped), then BUILD.tests.log (what the
# tests printed).  A Criterion program counts as its tests, anything else as
# one; every part of a test that was skipped is counted beside it.  Prints what
# failed and what was skipped, then the result.
FNR == 1 {
  build = FILENAME
  sub(/.*\//, "", build)
  sub(/\..*/, "", build)
}
FILENAME ~ /\.ctest\.log$/ {
  if ($0 ~ /Test +#[0-9]+: .*\*\*\*Skipped/) {
    sub(/.*Test +#[0-9]+: /, "")
    was_skipped[build, $1] = 1
  } else if ($0 ~ /Test +#[0-9]+: .*\*\*\*Not Run/) { # never in the other log
    failed++
    sub(/.*Test +#[0-9]+: /, "")
    fails = fails "\n  " build ": " $1 ", which is not built"
  }
  next
}
/^[0-9]+\/[0-9]+ Testing: / {
  name = $3
  passing = -1
  failing = parts = 0
  why = ""
}
/Synthesis: Tested:/ {
  gsub(/\033\[[0-9;]*m/, "")
  if (match($0, /Passing: [0-9]+/)) {
    passing = substr($0, RSTART + 9, RLENGTH - 9) + 0
  }
  if (match($0, /Tested: [0-9]+/)) {
    failing = substr($0, RSTART + 8, RLENGTH - 8) - passing
  }
}
/^ *(SKIPPED|skipped|skip|SKIP)[: ]/ || /\[.*SKIP.*\]/ {
  gsub(/\033\[[0-9;]*m/, "")
  parts++
  why = why "\n    " $0
}
/^Test (Passed|Failed|Timeout|Not Run)/ {
  if ((build, name) in was_skipped) {
    skipped++
    skips = skips "\n  " build ": " name why
  } else {
    if ($2 == "Passed.") {
      passed += passing >= 0 ? passing : 1
    } else {
      failed += failing > 0 ? failing : 1
      passed += passing > 0 ? passing : 0
      fails = fails "\n  " build ": " name
    }
    if (parts > 0) {
      skipped += parts
      skips = skips "\n  " build ": " name ", partly:" why
    }
  }
  name = ""
}
END {
  if (skips != "") {
    print "Skipped:" skips
  }
  if (fails != "") {
    print "Failed:" fails
  }
  printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
  exit failed > 0 || passed == 0
}
