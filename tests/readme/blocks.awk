# blocks.awk -v to=FOLDER -- splits a document's shell blocks into steps. to/steps has a line for each step: its
# number, its line in the document and the words of its block. NUMBER.cmd holds its commands, NUMBER.want the output
# that the document shows, where it shows any.
#
# In Markdown, a block ```sh is one step; a block ```console has a step for each line that begins with "$ ", and the
# lines below it are the expected output. In a man page the examples between .nf and .fi are blocks of one of these
# kinds.

function start(words) {
    n++
    printf "%03d %d %s\n", n, FNR, words >(to "/steps")
    cmd = sprintf("%s/%03d.cmd", to, n)
    want = sprintf("%s/%03d.want", to, n)
}
function text(line) {
    if (kind == "sh")
        print line >cmd
    else if (line ~ /^[$] /) {
        start(words)
        continued = line ~ /\\$/
        print substr(line, 3) >cmd
    } else if (continued) {
        continued = line ~ /\\$/
        print line >cmd
    } else if (n)
        print line >want
}
function plain(line) { # of roff
    gsub(/\\-/, "-", line)
    gsub(/\\e/, "\\", line)
    gsub(/\\(aq|\(aq)/, "'", line)
    gsub(/\\&/, "", line)
    return line
}

FILENAME ~ /[.][1-9]$/ {
    if (/^[.]SH/)
        examples = /EXAMPLE/
    else if (examples && /^[.](nf|EX)/) {
        inside = 1
        kind = ""
    } else if (/^[.](fi|EE)/)
        inside = 0
    else if (inside && !/^[.]/) {
        if (kind == "") {
            kind = /^[$] / ? "console" : "sh"
            if (kind == "sh")
                start("")
        }
        text(plain($0))
    }
    next
}

/^```/ && !inside {
    inside = 1
    kind = substr($1, 4)
    words = $0
    sub(/^```[^ ]* */, "", words)
    if (kind == "sh")
        start(words)
    else if (kind != "console")
        kind = ""
    next
}
/^```/ {
    inside = 0
    continued = 0
    next
}
inside && kind == "" && /^[$] / {
    print FILENAME ":" FNR ": a command stands in a block that is no ```console" >(to "/odd")
}
inside && kind != "" {
    text($0)
}
