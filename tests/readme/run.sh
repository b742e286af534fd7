#!/bin/sh
# readme/run.sh -- README.md, CONTRIBUTING.md, the READMEs of the examples and the man pages are run as they are printed: all blocks of a
# document in one shell,
# one after the other, in a copy of the tree as a clone has it (the build is copied, too, to save its time), and what they promise is compared.
#
# A word behind ```sh or ```console tells how: `slow` runs with LONG=1 alone (`make readme-long`), `needs=NAME` where there is such a file or
# command, `elsewhere=GROUP` not here but in that group, `fails` ends with another status than 0; `about` and `within=5%` are told in compare.awk.
. tests/lib.sh

for document in README.md CONTRIBUTING.md examples/*/README.md man/*.[157]; do
    if wanted "$document"; then echo "$document"; fi
done | in_parallel tests/readme/one.sh

# the machine itself: what is not as promised is found
if wanted sample; then
    LONG='' sh tests/readme/one.sh tests/readme/sample.md | grep -E '^(ok|FAIL|skipped)' >"$TMP/verdicts"
    cat >"$TMP/expected" <<'V'
skipped readme tests/readme/sample.md:42: no no/such/file
ok readme tests/readme/sample.md:3
ok readme tests/readme/sample.md:9
FAIL readme tests/readme/sample.md:12
ok readme tests/readme/sample.md:14
FAIL readme tests/readme/sample.md:18
ok readme tests/readme/sample.md:22
FAIL readme tests/readme/sample.md:24
ok readme tests/readme/sample.md:29
FAIL readme tests/readme/sample.md:31
ok readme tests/readme/sample.md:36
FAIL readme tests/readme/sample.md:38
ok readme tests/readme/sample.md:51
FAIL readme tests/readme/sample.md:55
V
    same "readme: sample.md, parts of which are wrong" "$TMP/expected" "$TMP/verdicts"
fi
