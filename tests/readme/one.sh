# readme/one.sh DOCUMENT -- runs one document as run.sh says; the examples of a man page run with an installed cnnc,
# in the folder examples/.
. tests/lib.sh
HERE=$ROOT/tests/readme

clone() { # FOLDER
    mkdir -p "$1/build"
    { git ls-files -z --cached --others --exclude-standard 2>/dev/null ||
        find . -name build -prune -o -name data -prune -o -type f -print0; } |
        tar -c --null --no-recursion --ignore-failed-read -T - -f - 2>/dev/null | tar -x -C "$1" -f -
    for part in cnnc libcnn.a include obj gen ct prefix; do
        [ ! -e "$BUILD/$part" ] || cp -Rp "$BUILD/$part" "$1/build"
    done
    [ ! -d data ] || ln -s "$ROOT/data" "$1/data"
}

has() { # NEED -- tells whether a needed command or file exists
    command -v "$1" >/dev/null || [ -e "$TREE/$1" ]
}

# Tells whether a step must run. A step that cannot run here is reported as skipped.
chosen() { # NAME WORDS
    for word in $2; do
        case $word in
            slow) [ -n "${LONG:-}" ] || return 1 ;;
            elsewhere=*) [ -e "tests/${word#*=}.sh" ] || [ -e "tests/${word#*=}" ] || echo "no tests/${word#*=}" |
                fail "$1"; return 1 ;;
            needs=*) has "${word#*=}" || { echo "skipped $1: no ${word#*=}"; return 1; } ;;
        esac
    done
}

run_document() { # DOCUMENT
    steps=$TMP/$(echo "$1" | tr / -)
    TREE=$steps.tree
    case $1 in man/*) cd="cd '$TREE/examples' && PATH='$TREE/build':\$PATH" ;; *) cd="cd '$TREE'" ;; esac
    mkdir "$steps"
    awk -v to="$steps" -f "$HERE/blocks.awk" "$1"
    [ ! -s "$steps/odd" ] || fail "readme $1: blocks" <"$steps/odd"
    [ -s "$steps/steps" ] || return 0
    clone "$TREE"
    { echo 'set -e'; echo "$cd"; } >"$steps/all.sh"
    while read -r n line words; do
        chosen "readme $1:$line" "$words" || continue
        echo "$n $line $words" >>"$steps/chosen"
        case " $words " in
            *' fails '*)
                echo "set +e; . '$steps/$n.cmd' >'$steps/$n.out' 2>&1; failed=\$?; set -e; [ \$failed != 0 ]"
                ;;
            *) echo ". '$steps/$n.cmd' >'$steps/$n.out' 2>&1" ;;
        esac >>"$steps/all.sh"
        echo "echo >'$steps/$n.done'" >>"$steps/all.sh"
    done <"$steps/steps"
    (unset BUILD TMP ROOT ONLY JOBS && sh "$steps/all.sh" </dev/null >"$steps/log" 2>&1)
    [ -f "$steps/chosen" ] || return 0
    while read -r n line words; do
        if [ ! -f "$steps/$n.done" ]; then
            { cat "$steps/$n.cmd"; cat "$steps/$n.out" "$steps/log"; } 2>/dev/null | fail "readme $1:$line"
            break # the later steps depend on it
        elif [ ! -f "$steps/$n.want" ] ||
            awk -v words="$words" -f "$HERE/compare.awk" "$steps/$n.want" "$steps/$n.out" >"$steps/$n.diff"; then
            pass "readme $1:$line"
        else
            { cat "$steps/$n.cmd"; cat "$steps/$n.diff"; } | fail "readme $1:$line"
        fi
    done <"$steps/chosen"
    rm -rf "$TREE"
}

run_document "$1"
