#!/bin/sh
# readme/run.sh -- runs README.md, CONTRIBUTING.md, the READMEs of the examples and the man pages as they are printed.
# All blocks of a document run in one shell, one after the other, in a copy of the tree as a clone has it (with a copy
# of the build, to save time). Their output is compared with what the document shows.
#
# Words after ```sh or ```console say how: a `slow` block runs only with LONG=1 (`make readme-long`); `needs=NAME`
# runs where this file or command exists; `elsewhere=GROUP` runs in that group instead; `fails` must end with a status
# other than 0; compare.awk explains `about` and `within=5%`.
. tests/lib.sh

for document in README.md CONTRIBUTING.md examples/*/README.md man/*.[157]; do
    if wanted "$document"; then echo "$document"; fi
done | in_parallel tests/readme/one.sh

# a test of this test: it finds output that differs from the document
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
