#!/bin/sh
# one.sh PROGRAM -- runs one cmocka program and prints its results, one a line.
. tests/lib.sh
name=$(basename "$1")
case $1 in */asan/*) name="$name (sanitized)" ;; esac
log=$TMP/$(echo "$name" | tr -d ' ()').log

CMOCKA_MESSAGE_OUTPUT=TAP timeout 120 "$1" >"$log" 2>&1
status=$?
awk -v name="$name" '
    /^ok [0-9]+ - /     { sub(/^ok [0-9]+ - /, ""); print "ok " name ": " $0; next }
    /^not ok [0-9]+ - / { sub(/^not ok [0-9]+ - /, ""); print "FAIL " name ": " $0; next }
    /^1\.\.|^# Started|^#? ?(not )?ok - /  { next }
    { print "    " $0 }' "$log"
if [ $status != 0 ] && ! grep -q '^not ok' "$log"; then
    # the output before a sanitizer's report does not matter
    sed -n '/ERROR: \|runtime error\|failed to run/,$p' "$log" | fail "$name ended with status $status"
fi
exit 0
