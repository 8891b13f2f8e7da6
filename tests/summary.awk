# Counts the logs of ctest.  A Criterion program counts as its tests, anything
# else as one.  Prints what failed and what was skipped, then the result.
/^[0-9]+\/[0-9]+ Testing: / { name = $3; passing = failing = -1; why = "" }
/Synthesis: Tested:/ {
  gsub(/\033\[[0-9;]*m/, "")
  if (match($0, /Passing: [0-9]+/)) {
    passing = substr($0, RSTART + 9, RLENGTH - 9) + 0
  }
  if (match($0, /Tested: [0-9]+/)) {
    failing = substr($0, RSTART + 8, RLENGTH - 8) - passing
  }
}
/^(SKIPPED|skipped|skip|SKIP)[: ]/ { why = why "\n    " $0 }
/\[.*SKIP.*\]/ {
  gsub(/\033\[[0-9;]*m/, "")
  skipped++
  skips = skips "\n  " name ": " $0
}
/^Test Passed\.|^Test Failed\.|^Test (Skipped|skipped)|^Test Timeout|^Test Not Run/ {
  if ($2 ~ /^[Ss]kipped/) {
    skipped++
    skips = skips "\n  " name why
  } else if ($2 == "Passed.") {
    passed += passing >= 0 ? passing : 1
    if (why != "") {
      skips = skips "\n  " name ", partly:" why
    }
  } else {
    failed += failing > 0 ? failing : 1
    passed += passing > 0 ? passing : 0
    fails = fails "\n  " FILENAME ": " name
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
